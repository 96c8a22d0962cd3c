//! Taking named files out of packages. Nothing else in a package is written, let alone run.

use super::manifest::Form;
use flate2::read::GzDecoder;
use std::fs::File;
use std::io::{self, BufReader, Read, Write};
use std::path::Path;

/// Writes the files `members` of a package to `output`, one behind the other. `tell` hears how many bytes were written.
///
/// # Errors
/// A sentence when the package is damaged or lacks one of them.
pub(super) fn members<S: AsRef<str>>(
    package: &Path,
    form: Form,
    members: &[S],
    output: &mut impl Write,
    tell: &mut dyn FnMut(u64),
) -> Result<(), String> {
    let place = package.display();
    let damaged = |why: io::Error| format!("the package {place} can't be unpacked: {why}");
    let absent = |member: &str| format!("the package {place} has no file `{member}`");
    let mut done = 0;
    let open = || File::open(package).map(BufReader::new).map_err(damaged);
    if form == Form::Wheel {
        let mut archive = zip::ZipArchive::new(open()?).map_err(|why| damaged(io::Error::other(why)))?;
        for member in members.iter().map(AsRef::as_ref) {
            let mut found = archive.by_name(member).map_err(|_| absent(member))?;
            copy(&mut found, output, &mut done, tell).map_err(damaged)?;
        }
        return Ok(());
    }
    let mut waiting = members;
    // Once through the archive for each time that the files stand in another order than they are wanted in.
    while let [wanted, ..] = waiting {
        let before = waiting.len();
        let mut archive = tar::Archive::new(GzDecoder::new(open()?));
        for entry in archive.entries().map_err(damaged)? {
            let mut entry = entry.map_err(damaged)?;
            let [next, rest @ ..] = waiting else { return Ok(()) };
            if entry.header().entry_type().is_file() && entry.path_bytes().as_ref() == next.as_ref().as_bytes() {
                copy(&mut entry, output, &mut done, tell).map_err(damaged)?;
                waiting = rest;
            }
        }
        if waiting.len() == before {
            return Err(absent(wanted.as_ref()));
        }
    }
    Ok(())
}

/// Adds the bytes to those that are `done`.
fn copy(input: &mut impl Read, output: &mut impl Write, done: &mut u64, tell: &mut dyn FnMut(u64)) -> io::Result<()> {
    let mut buffer = vec![0; 1 << 18];
    loop {
        let read = input.read(&mut buffer)?;
        if read == 0 {
            return Ok(());
        }
        output.write_all(buffer.get(..read).unwrap_or_default())?;
        *done += read as u64;
        tell(*done);
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::GzEncoder;

    /// A `.tar.gz` with these files.
    pub(in super::super) fn tgz(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut archive = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
        for (name, bytes) in files {
            let mut header = tar::Header::new_gnu();
            header.set_size(bytes.len() as u64);
            header.set_mode(0o644);
            archive.append_data(&mut header, name, *bytes).unwrap();
        }
        archive.into_inner().unwrap().finish().unwrap()
    }

    fn wheel(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut archive = zip::ZipWriter::new(io::Cursor::new(Vec::new()));
        for (name, bytes) in files {
            archive.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
            archive.write_all(bytes).unwrap();
        }
        archive.finish().unwrap().into_inner()
    }

    fn take(package: &[u8], form: Form, name: &str) -> Result<Vec<u8>, String> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), package).unwrap();
        let (mut output, mut heard) = (Vec::new(), 0);
        let names: Vec<&str> = name.split_whitespace().collect();
        members(file.path(), form, &names, &mut output, &mut |n| heard = n)?;
        assert_eq!(heard, output.len() as u64);
        Ok(output)
    }

    #[test]
    fn takes_the_one_file() {
        let files: &[(&str, &[u8])] = &[("a/README", b"no"), ("a/data/weights.bin", &[7; 300_000])];
        for (package, form) in [(wheel(files), Form::Wheel), (tgz(files), Form::Sdist), (tgz(files), Form::Npm)] {
            assert_eq!(take(&package, form, "a/data/weights.bin").unwrap(), [7; 300_000]);
            assert!(take(&package, form, "a/data").unwrap_err().contains("has no file `a/data`"));
            let both = take(&package, form, "a/data/weights.bin a/README").unwrap();
            assert_eq!(
                both,
                [vec![7; 300_000], b"no".to_vec()].concat(),
                "joined in the order in which they are wanted"
            );
            assert!(take(&package, form, "a/README a/LICENCE").unwrap_err().contains("has no file `a/LICENCE`"));
            for length in [0, 10, package.len() / 2] {
                assert!(take(&package[..length], form, "a/data/weights.bin").is_err(), "{form:?} {length}");
            }
        }
    }
}
