//! The points of taught sentences on the disk: a start and each save of a flow then take no longer than without an encoder.
//! What people say is never kept.

use crate::understanding::SentenceEncoder;
use sha2::{Digest as _, Sha256};
use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

/// So many points are kept at most; one takes one and a half kilobytes. Those of the last time come first.
const POINTS_MAX: usize = 16_384;
/// What a file begins with; the number changes with its form.
const MAGIC: &[u8; 16] = b"sayso points 1\n\0";
/// The digest of all that follows it.
const SUM: usize = 32;

/// The beginning of the digest of a sentence and the weights that read it.
type Key = [u8; 16];

/// An encoder whose points of taught sentences are kept in a file.
#[derive(Debug)]
pub struct Kept<E> {
    encoder: E,
    /// What tells these weights from others.
    weights: String,
    file: PathBuf,
    points_max: usize,
}

impl<E: SentenceEncoder> Kept<E> {
    /// Keeps the points of `encoder` in `file`, which is made when it is needed. `weights` tells its weights from all others, as
    /// their digest does.
    pub fn new(encoder: E, weights: &str, file: PathBuf) -> Self {
        Kept { encoder, weights: weights.to_owned(), file, points_max: POINTS_MAX }
    }

    fn key(&self, sentence: &str) -> Key {
        let mut hasher = Sha256::new();
        hasher.update(self.weights.as_bytes());
        hasher.update([0]);
        hasher.update(sentence.as_bytes());
        let mut key = Key::default();
        key.iter_mut().zip(hasher.finalize()).for_each(|(key, byte)| *key = byte);
        key
    }

    /// What the file holds, in its order; nothing if it is not there or was damaged.
    fn read(&self) -> Vec<(Key, Vec<f32>)> {
        let Ok(bytes) = fs::read(&self.file) else { return Vec::new() };
        let found = unpack(&bytes, self.encoder.width());
        if found.is_none() {
            tracing::debug!("{} is damaged, or of other weights, and is made anew", self.file.display());
        }
        found.unwrap_or_default()
    }

    /// Writes the file anew: first what was `used`, then what was there before, as much as there is room for.
    fn write(&self, used: &[(Key, Vec<f32>)], before: &[(Key, Vec<f32>)]) {
        let mut seen = HashSet::new();
        let points = used.iter().chain(before).filter(|(key, _)| seen.insert(*key)).take(self.points_max);
        if let Err(why) = replace(&self.file, &pack(points)) {
            tracing::debug!("{} can't be kept: {why}", self.file.display());
        }
    }
}

impl<E: SentenceEncoder> SentenceEncoder for Kept<E> {
    fn width(&self) -> usize {
        self.encoder.width()
    }

    fn encode(&self, sentence: &str) -> Option<Vec<f32>> {
        self.encoder.encode(sentence)
    }

    fn encode_taught(&self, sentences: &[&str]) -> Vec<Option<Vec<f32>>> {
        let before = self.read();
        let known: HashMap<Key, &Vec<f32>> = before.iter().map(|(key, point)| (*key, point)).collect();
        let mut used = Vec::new();
        let mut new = false;
        let points = sentences
            .iter()
            .map(|sentence| {
                let key = self.key(sentence);
                let kept = known.get(&key).map(|point| (*point).clone());
                new |= kept.is_none();
                let point = kept.or_else(|| self.encoder.encode(sentence))?;
                used.push((key, point.clone()));
                Some(point)
            })
            .collect();
        if new && !used.is_empty() {
            self.write(&used, &before);
        }
        points
    }
}

fn pack<'p>(points: impl Iterator<Item = &'p (Key, Vec<f32>)>) -> Vec<u8> {
    let mut body = Vec::new();
    for (key, point) in points {
        body.extend_from_slice(key);
        point.iter().for_each(|value| body.extend_from_slice(&value.to_le_bytes()));
    }
    let mut bytes = MAGIC.to_vec();
    bytes.extend_from_slice(&Sha256::digest(&body));
    bytes.extend_from_slice(&body);
    bytes
}

/// The points of a file; `None` if it is none, or not as it was written.
fn unpack(bytes: &[u8], width: usize) -> Option<Vec<(Key, Vec<f32>)>> {
    let (sum, body) = bytes.strip_prefix(MAGIC.as_slice())?.split_at_checked(SUM)?;
    let (keys, floats) = (size_of::<Key>(), size_of::<f32>());
    let each = keys + width * floats;
    if sum != Sha256::digest(body).as_slice() || body.len() % each != 0 {
        return None;
    }
    let one = |entry: &[u8]| {
        let (key, point) = entry.split_at_checked(keys)?;
        let values = point.chunks_exact(floats).map(|four| four.try_into().map(f32::from_le_bytes));
        Some((key.try_into().ok()?, values.collect::<Result<_, _>>().ok()?))
    };
    body.chunks_exact(each).map(one).collect()
}

/// Puts `bytes` in the place of a file: beside it first, so that nobody ever reads half of them.
fn replace(file: &Path, bytes: &[u8]) -> std::io::Result<()> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    let unfinished = file.with_extension(format!("{}.part", std::process::id()));
    let moved = fs::write(&unfinished, bytes).and_then(|()| fs::rename(&unfinished, file));
    if moved.is_err() {
        let _ = fs::remove_file(&unfinished);
    }
    moved
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// Reads Latin letters, and counts how often it had to.
    #[derive(Debug, Default)]
    struct Counting {
        read: AtomicUsize,
    }

    impl SentenceEncoder for Counting {
        fn width(&self) -> usize {
            2
        }

        fn encode(&self, sentence: &str) -> Option<Vec<f32>> {
            self.read.fetch_add(1, Ordering::Relaxed);
            let length = u16::try_from(sentence.len()).unwrap();
            sentence.is_ascii().then(|| vec![f32::from(length), 0.1])
        }
    }

    fn kept(folder: &Path, weights: &str) -> Kept<Counting> {
        Kept::new(Counting::default(), weights, folder.join("new").join("points.bin"))
    }

    fn read(kept: &Kept<Counting>) -> usize {
        kept.encoder.read.load(Ordering::Relaxed)
    }

    #[test]
    fn taught_sentences_are_read_once_for_the_same_weights() {
        let folder = tempfile::tempdir().unwrap();
        let sentences = ["pay the bill", "交电费", "send money"];
        let first = kept(folder.path(), "a");
        let points = first.encode_taught(&sentences);
        assert_eq!(points, [Some(vec![12.0, 0.1]), None, Some(vec![10.0, 0.1])]);
        let second = kept(folder.path(), "a");
        assert_eq!(second.encode_taught(&sentences), points, "to the last bit");
        assert_eq!(read(&second), 1, "only the one that can't be read");
        assert_eq!(second.encode_taught(&["pay the bill", "refund"]).len(), 2);
        assert_eq!(read(&second), 2);
        let third = kept(folder.path(), "a");
        third.encode_taught(&["send money", "refund"]);
        assert_eq!(read(&third), 0, "what is taught no more stays while there is room");
        let others = kept(folder.path(), "b");
        assert_eq!(others.encode_taught(&sentences), points);
        assert_eq!(read(&others), 3, "other weights, other points");
    }

    #[test]
    fn what_people_say_is_not_kept() {
        let folder = tempfile::tempdir().unwrap();
        let kept = kept(folder.path(), "a");
        kept.encode("my secret").unwrap();
        assert!(!kept.file.exists());
    }

    #[test]
    fn no_more_is_kept_than_there_is_room_for() {
        let folder = tempfile::tempdir().unwrap();
        let mut kept = kept(folder.path(), "a");
        kept.points_max = 2;
        kept.encode_taught(&["one", "two"]);
        kept.encode_taught(&["three"]);
        let held: Vec<Key> = kept.read().into_iter().map(|(key, _)| key).collect();
        assert_eq!(held, [kept.key("three"), kept.key("one")]);
    }

    #[test]
    fn a_damaged_file_is_made_anew_and_a_disk_that_is_none_costs_time_only() {
        let folder = tempfile::tempdir().unwrap();
        let kept = kept(folder.path(), "a");
        let points = kept.encode_taught(&["one", "two"]);
        let whole = fs::read(&kept.file).unwrap();
        for end in [0, 10, 20, 60, whole.len() - 1] {
            fs::write(&kept.file, &whole[..end]).unwrap();
            assert_eq!(kept.encode_taught(&["one", "two"]), points, "cut at {end}");
            assert_eq!(fs::read(&kept.file).unwrap(), whole, "cut at {end}");
        }
        let mut flipped = whole.clone();
        flipped[70] ^= 1;
        fs::write(&kept.file, flipped).unwrap();
        assert_eq!(kept.encode_taught(&["one", "two"]), points);
        let nowhere = Kept::new(Counting::default(), "a", kept.file.join("below a file").join("points.bin"));
        assert_eq!(nowhere.encode_taught(&["one", "two"]), points);
    }
}
