//! Whisper's vocabulary: lines of byte-level text as bytes.

use super::ConvertError;

/// The line after the last ordinary token.
const END_OF_TEXT: &str = "<|endoftext|>";

/// The ordinary tokens of a `vocabulary.txt`, one a line, as the bytes that they stand for.
pub(super) fn tokens(text: &str) -> Result<Vec<Vec<u8>>, ConvertError> {
    let table = byte_letters();
    let mut tokens = Vec::new();
    for (number, line) in text.split('\n').enumerate() {
        if line == END_OF_TEXT {
            return Ok(tokens);
        }
        let bytes =
            line.chars().map(|letter| table.iter().position(|l| *l == letter).and_then(|b| u8::try_from(b).ok()));
        let bytes = bytes.collect::<Option<Vec<u8>>>();
        tokens.push(
            bytes.ok_or_else(|| ConvertError::format(format!("line {} of the vocabulary is no token", number + 1)))?,
        );
    }
    Err(ConvertError::format("the vocabulary is cut off"))
}

/// The letter that stands for each byte: printable bytes for themselves, the others for 256 and up, in order.
fn byte_letters() -> Vec<char> {
    let printable = |byte: u8| matches!(byte, 33..=126 | 161..=172 | 174..=255);
    let mut next = 256_u32;
    let mut letters = Vec::with_capacity(256);
    for byte in 0..=255_u8 {
        let code = if printable(byte) {
            u32::from(byte)
        } else {
            next += 1;
            next - 1
        };
        letters.extend(char::from_u32(code));
    }
    letters
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_become_bytes() {
        let tokens = tokens("!\nĠthe\nä½ł\nÿ\nĊ\n<|endoftext|>\n<|startoftranscript|>\n").unwrap();
        assert_eq!(tokens, [b"!".to_vec(), b" the".to_vec(), "你".as_bytes().to_vec(), vec![255], b"\n".to_vec()]);
    }

    #[test]
    fn what_is_no_vocabulary_is_refused() {
        assert!(tokens("a\nb\n").unwrap_err().to_string().contains("cut off"));
        assert!(tokens("a\n你\n<|endoftext|>").unwrap_err().to_string().contains("line 2"));
    }
}
