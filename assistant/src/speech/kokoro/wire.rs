//! Protocol buffers, as far as a network's file needs them: fields of numbers and bytes, read from memory or from a file.

use std::io::{self, Read};

/// What a field has in it.
#[derive(Debug, PartialEq)]
pub(super) enum Part<'a> {
    Number(u64),
    Bytes(&'a [u8]),
    /// A number of fixed length, which matters to nobody here.
    Other,
}

/// The fields of a message in memory, each with its number.
pub(super) struct Parts<'a>(pub &'a [u8]);

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
pub(super) struct Input<R> {
    pub inner: R,
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
pub(super) fn tag_or_end(input: &mut impl Read) -> io::Result<Option<(u64, u64)>> {
    match tag(input) {
        Ok(found) => Ok(Some(found)),
        Err(why) if why.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
        Err(why) => Err(why),
    }
}

/// The number of the field that follows, and of which kind it is.
pub(super) fn tag(input: &mut impl Read) -> io::Result<(u64, u64)> {
    let tag = varint(input)?;
    Ok((tag >> 3, tag & 7))
}

/// A whole number.
pub(super) fn varint(input: &mut impl Read) -> io::Result<u64> {
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
pub(super) fn wrong(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why.to_owned())
}

/// Writes a whole number without a field.
pub(super) fn put_varint(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Writes a field with a whole number.
pub(super) fn put_number(out: &mut Vec<u8>, field: u64, number: u64) {
    put_varint(out, field << 3);
    put_varint(out, number);
}

/// Writes a field with bytes.
pub(super) fn put(out: &mut Vec<u8>, field: u64, bytes: &[u8]) {
    put_varint(out, field << 3 | 2);
    put_varint(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let mut bytes = Vec::new();
        put_number(&mut bytes, 1, 300);
        put(&mut bytes, 9, b"abc");
        bytes.extend([13 << 3 | 5, 0, 0, 128, 63]);
        let parts: Vec<_> = Parts(&bytes).map(|part| part.unwrap()).collect();
        assert_eq!(parts, [(1, Part::Number(300)), (9, Part::Bytes(b"abc")), (13, Part::Other)]);
        let mut input = Input { inner: &bytes[..], at: 0 };
        assert_eq!((tag_or_end(&mut input).unwrap(), varint(&mut input).unwrap(), input.at), (Some((1, 0)), 300, 3));
        assert_eq!(tag_or_end(&mut &[][..]).unwrap(), None);
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
