//! Protocol buffers, as far as a network's file needs them: fields of numbers and bytes, read from memory or from a file, and
//! written.

use std::io::{self, Read};

/// What a field has in it.
#[derive(Debug, PartialEq)]
pub enum Part<'a> {
    /// A whole number.
    Number(u64),
    /// Bytes, a text, or a message inside.
    Bytes(&'a [u8]),
    /// A number of fixed length, which matters to nobody here.
    Other,
}

/// The fields of a message in memory, each with its number.
pub struct Parts<'a>(pub &'a [u8]);

impl<'a> Parts<'a> {
    fn next_part(&mut self) -> io::Result<(u64, Part<'a>)> {
        let (field, kind) = tag(&mut self.0)?;
        let part = match kind {
            0 => Part::Number(varint(&mut self.0)?),
            1 => self.take(8).map(|_| Part::Other)?,
            2 => {
                let length = varint(&mut self.0)?;
                Part::Bytes(self.take(length)?)
            }
            5 => self.take(4).map(|_| Part::Other)?,
            _ => return Err(wrong("it has a field of an unknown kind")),
        };
        Ok((field, part))
    }

    fn take(&mut self, length: u64) -> io::Result<&'a [u8]> {
        let cut = usize::try_from(length).ok().and_then(|length| self.0.split_at_checked(length));
        let (taken, rest) = cut.ok_or_else(|| wrong("it is cut off"))?;
        self.0 = rest;
        Ok(taken)
    }
}

impl<'a> Iterator for Parts<'a> {
    type Item = io::Result<(u64, Part<'a>)>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let part = self.next_part();
        if part.is_err() {
            self.0 = &[];
        }
        Some(part)
    }
}

/// A file that is read once from its beginning, and how far that has come.
pub struct Input<R> {
    /// The file.
    pub inner: R,
    /// So many bytes of it were read.
    pub at: u64,
}

impl<R: Read> Read for Input<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.at += count as u64;
        Ok(count)
    }
}

impl<R: Read> Input<R> {
    /// So many bytes.
    ///
    /// # Errors
    /// When there are fewer, or they can't be read.
    pub fn take_bytes(&mut self, length: u64) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.by_ref().take(length).read_to_end(&mut bytes)?;
        match bytes.len() as u64 == length {
            true => Ok(bytes),
            false => Err(wrong("it is cut off")),
        }
    }
}

/// The number of the field that follows, and of which kind it is; `None` at the end of the file.
///
/// # Errors
/// When it is cut off, or can't be read.
pub fn tag_or_end(input: &mut impl Read) -> io::Result<Option<(u64, u64)>> {
    match tag(input) {
        Ok(found) => Ok(Some(found)),
        Err(why) if why.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
        Err(why) => Err(why),
    }
}

/// The number of the field that follows, and of which kind it is.
///
/// # Errors
/// When it is cut off, or can't be read.
pub fn tag(input: &mut impl Read) -> io::Result<(u64, u64)> {
    let tag = varint(input)?;
    Ok((tag >> 3, tag & 7))
}

/// A whole number.
///
/// # Errors
/// When it is cut off, or can't be read.
pub fn varint(input: &mut impl Read) -> io::Result<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let mut byte = [0];
        input.read_exact(&mut byte)?;
        number |= u64::from(byte[0] & 0x7f) << shift;
        if byte[0] < 0x80 {
            return Ok(number);
        }
    }
    Err(wrong("a number in it has no end"))
}

/// A file that is not what it should be.
#[must_use]
pub fn wrong(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why.to_owned())
}

/// A message that is being written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Message(Vec<u8>);

impl Message {
    fn varint(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.0.push((number & 0x7f) as u8 | 0x80);
            number >>= 7;
        }
        self.0.push(number as u8);
    }

    /// A whole number.
    #[must_use]
    pub fn whole(mut self, field: u64, number: u64) -> Self {
        self.varint(field << 3);
        self.varint(number);
        self
    }

    /// Bytes, or a text.
    #[must_use]
    pub fn bytes(mut self, field: u64, bytes: &[u8]) -> Self {
        self.varint(field << 3 | 2);
        self.varint(bytes.len() as u64);
        self.0.extend_from_slice(bytes);
        self
    }

    /// A text.
    #[must_use]
    pub fn text(self, field: u64, text: &str) -> Self {
        self.bytes(field, text.as_bytes())
    }

    /// A message inside of this one.
    #[must_use]
    pub fn inside(self, field: u64, message: &Message) -> Self {
        self.bytes(field, &message.0)
    }

    /// What was written.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let mut bytes = Message::default().whole(1, 300).text(9, "abc").finish();
        bytes.extend([13 << 3 | 5, 0, 0, 128, 63]);
        let parts: Vec<_> = Parts(&bytes).map(|part| part.unwrap()).collect();
        assert_eq!(parts, [(1, Part::Number(300)), (9, Part::Bytes(b"abc")), (13, Part::Other)]);
        let mut input = Input { inner: &bytes[..], at: 0 };
        assert_eq!((tag_or_end(&mut input).unwrap(), varint(&mut input).unwrap(), input.at), (Some((1, 0)), 300, 3));
        assert_eq!(tag_or_end(&mut &[][..]).unwrap(), None);
    }

    #[test]
    fn numbers_and_texts_are_written_as_protocol_buffers_have_them() {
        assert_eq!(Message::default().whole(1, 300).finish(), [0x08, 0xac, 0x02]);
        assert_eq!(Message::default().text(2, "abc").finish(), [0x12, 3, b'a', b'b', b'c']);
        let inside = Message::default().whole(20, 2);
        assert_eq!(Message::default().inside(5, &inside).finish(), [0x2a, 3, 0xa0, 0x01, 2]);
    }

    #[test]
    fn what_is_cut_off_or_has_no_end_is_refused() {
        for bytes in
            [&[0x4a, 3, b'a'][..], &[0x80; 12], &[0x0f], &[0x4a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1]]
        {
            let parts: Vec<_> = Parts(bytes).collect();
            assert!(parts.len() == 1 && parts[0].is_err(), "{bytes:?}");
        }
        assert!(Input { inner: &[1, 2][..], at: 0 }.take_bytes(1 << 60).is_err());
    }
}
