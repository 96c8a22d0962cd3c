//! What a voice has said before. In memory: whatever it said lately, and what it is likely to say of what a person has. On the disk: only clauses that stand in the dialog files as
//! they are, so that no amount, name or code, and nothing of what a person pays, ever lies there as sound.

use super::clauses::{Clause, clauses};
use super::frames::Frames;
use crate::audio::{Pcm, read_wav_as_is, write_wav};
use crate::lang::Lang;
use std::collections::{HashMap, HashSet, VecDeque};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// What the memory holds, in samples: some three minutes.
const MEMORY_SAMPLES_MAX: usize = 24_000 * 180;
/// What a value has at least, in letters.
const VALUE_LENGTH: usize = 8;
/// So many beginnings are made ready for what a person has: of a second or two each.
const LIKELY_MAX: usize = 64;
/// What the folder holds, in bytes.
const FOLDER_BYTES_MAX: u64 = 64_000_000;
/// Stands for a value in a text that is said with different ones.
pub const HOLE: char = '\u{fffc}';

/// A memory of sounds, by keys that differ wherever a sound would.
pub struct Cache {
    folder: Option<PathBuf>,
    /// Clauses that may be written.
    fixed: HashSet<String>,
    /// The texts that they are from.
    frames: Frames,
    /// First clauses that may be written and that nobody has asked for yet.
    untried: VecDeque<(Lang, String)>,
    /// Clauses that name what a person has and are likely to be said. Never written.
    likely: HashSet<String>,
    /// Those of them that are ready.
    ready: HashMap<String, Pcm>,
    /// The oldest first.
    recent: VecDeque<(String, Pcm)>,
    bytes_max: u64,
}

impl Cache {
    /// One that keeps nothing on the disk.
    #[must_use]
    pub fn none() -> Self {
        Cache {
            folder: None,
            fixed: HashSet::new(),
            frames: Frames::default(),
            untried: VecDeque::new(),
            likely: HashSet::new(),
            ready: HashMap::new(),
            recent: VecDeque::new(),
            bytes_max: 0,
        }
    }

    /// One that keeps in `folder`, which is made when it is needed, the clauses of these texts that have no [`HOLE`] in them,
    /// and the beginnings of those that have.
    #[must_use]
    pub fn in_folder(folder: &Path, texts: impl IntoIterator<Item = (Lang, String)>) -> Self {
        let mut cache = Cache { folder: Some(folder.to_owned()), bytes_max: FOLDER_BYTES_MAX, ..Cache::none() };
        for (lang, text) in texts {
            let lead = cache.frames.learn(&text, lang);
            let whole = clauses(&text, lang).into_iter().map(|clause| clause.text);
            let mut fixed: Vec<String> = lead.into_iter().chain(whole).filter(|text| !text.contains(HOLE)).collect();
            // What a text begins with is waited for; all else is made while something is heard.
            if let Some(first) = fixed.first().filter(|first| text.starts_with(first.as_str())) {
                cache.untried.push_back((lang, first.clone()));
            }
            cache.fixed.extend(fixed.drain(..));
        }
        cache
    }

    /// Has the beginnings of these texts made ready too, before all others and in memory alone; what is behind a [`HOLE`] is not
    /// known yet.
    #[must_use]
    pub fn expecting(mut self, texts: impl IntoIterator<Item = (Lang, String)>) -> Self {
        let others = std::mem::take(&mut self.untried);
        for (lang, text) in texts {
            // Values have some length, without which a text is not worth cutting.
            let text = text.replace(HOLE, &HOLE.to_string().repeat(VALUE_LENGTH));
            let first = self.pieces(&text, lang).into_iter().next().map(|clause| clause.text);
            if let Some(first) = first.filter(|first| !first.contains(HOLE) && self.likely.len() < LIKELY_MAX)
                && !self.fixed.contains(&first)
                && self.likely.insert(first.clone())
            {
                self.untried.push_back((lang, first));
            }
        }
        self.untried.extend(others);
        self
    }

    /// Gives out to be practised what is in these languages alone.
    #[must_use]
    pub fn practising(mut self, languages: &[Lang]) -> Self {
        self.untried.retain(|(lang, _)| languages.contains(lang));
        self
    }

    /// A text in the pieces in which it is said: clauses, the first of which ends early where the text is known.
    #[must_use]
    pub fn pieces(&self, text: &str, lang: Lang) -> Vec<Clause> {
        self.frames.cut(clauses(text, lang), lang)
    }

    /// The beginning of a text that is said again and again and that was not given out here before; each once.
    pub fn untried(&mut self) -> Option<(Lang, Clause)> {
        let (lang, text) = self.untried.pop_front()?;
        self.pieces(&text, lang).into_iter().next().map(|clause| (lang, clause))
    }

    /// Gives out the beginning of a text once more, as the next one.
    pub fn try_again(&mut self, lang: Lang, text: String) {
        self.untried.push_front((lang, text));
    }

    /// The sound with this key, if it is there.
    pub fn get(&mut self, key: &str) -> Option<Pcm> {
        if let Some(sound) = self.ready.get(key) {
            return Some(sound.clone());
        }
        if let Some(at) = self.recent.iter().position(|(one, _)| one == key) {
            let found = self.recent.remove(at)?;
            let sound = found.1.clone();
            self.recent.push_back(found);
            return Some(sound);
        }
        let path = self.path(key)?;
        if !path.is_file() {
            return None;
        }
        match read_wav_as_is(&path) {
            Ok(sound) => {
                // So that what is used stays; a clock that can't be set costs only that.
                let touched = std::fs::File::options().append(true).open(&path);
                let _ = touched.and_then(|file| file.set_modified(SystemTime::now()));
                self.remember(key.to_owned(), &sound);
                Some(sound)
            }
            Err(why) => {
                tracing::debug!("a kept sound can't be read and is thrown away: {why}");
                let _ = std::fs::remove_file(&path);
                None
            }
        }
    }

    /// Whether the sound with this key is there, without fetching it.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.ready.contains_key(key)
            || self.recent.iter().any(|(one, _)| one == key)
            || self.path(key).is_some_and(|path| path.is_file())
    }

    /// Forgets what was said lately.
    pub fn forget(&mut self) {
        self.recent.clear();
    }

    /// Keeps the sound of a clause. A disk that can't be written to costs time only, and is noted in the log.
    pub fn put(&mut self, key: String, clause: &str, sound: &Pcm) {
        if self.likely.contains(clause) {
            self.ready.insert(key, sound.clone());
            return;
        }
        if self.fixed.contains(clause)
            && let Some(path) = self.path(&key)
            && let Err(why) = self.write(&path, sound)
        {
            tracing::debug!("{} can't be kept: {why}", path.display());
        }
        self.remember(key, sound);
    }

    fn path(&self, key: &str) -> Option<PathBuf> {
        Some(self.folder.as_ref()?.join(format!("{key}.wav")))
    }

    fn remember(&mut self, key: String, sound: &Pcm) {
        self.recent.push_back((key, sound.clone()));
        let mut held: usize = self.recent.iter().map(|(_, sound)| sound.samples.len()).sum();
        while held > MEMORY_SAMPLES_MAX
            && let Some((_, oldest)) = self.recent.pop_front()
        {
            held -= oldest.samples.len();
        }
    }

    /// Beside its place first, so that nobody ever reads half a file.
    fn write(&self, path: &Path, sound: &Pcm) -> Result<(), String> {
        let Some(folder) = &self.folder else { return Ok(()) };
        std::fs::create_dir_all(folder).map_err(|why| why.to_string())?;
        self.make_room();
        let unfinished = path.with_extension(format!("{}.part", std::process::id()));
        let written = write_wav(&unfinished, sound).map_err(|why| why.to_string());
        let moved = written.and_then(|()| std::fs::rename(&unfinished, path).map_err(|why| why.to_string()));
        if moved.is_err() {
            let _ = std::fs::remove_file(&unfinished);
        }
        moved
    }

    /// Removes what was not used for longest until a tenth of the room is free again; nothing while there is enough.
    fn make_room(&self) {
        let Some(folder) = &self.folder else { return };
        let entries = std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
        let mut files: Vec<(SystemTime, u64, PathBuf)> = entries
            .filter_map(|entry| {
                let about = entry.metadata().ok().filter(std::fs::Metadata::is_file)?;
                Some((about.modified().ok()?, about.len(), entry.path()))
            })
            .collect();
        let mut held: u64 = files.iter().map(|(_, bytes, _)| bytes).sum();
        if held <= self.bytes_max {
            return;
        }
        files.sort();
        for (_, bytes, path) in files {
            if held <= self.bytes_max / 10 * 9 {
                return;
            }
            if std::fs::remove_file(&path).is_ok() {
                held = held.saturating_sub(bytes);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_names_a_payee_is_made_ready_and_stays_off_the_disk() {
        let folder = tempfile::tempdir().unwrap();
        let hole = |text: &str| (Lang::En, text.replace("{}", &HOLE.to_string()));
        let mut cache = Cache::in_folder(folder.path(), [hole("Your {} bill is {}, due {}.")]).expecting([
            hole("Your Water bill is {}, due {}."),
            hole("Your Water bill is {}."),
            hole("{} it is"),
        ]);
        let said = std::iter::from_fn(|| cache.untried()).map(|(_, clause)| clause.text).collect::<Vec<_>>();
        assert_eq!(said, ["Your Water bill is"]);
        let texts = || [(Lang::En, "Paid.".to_owned()), (Lang::Zh, "付好了。".to_owned())];
        let likely = [(Lang::En, "Water bill.".to_owned())];
        let one_language = Cache::in_folder(folder.path(), texts()).expecting(likely).practising(&[Lang::En]);
        let order: Vec<&str> = one_language.untried.iter().map(|(_, text)| text.as_str()).collect();
        assert_eq!(order, ["Water bill.", "Paid."], "the likeliest first, and no other language");
        cache.try_again(Lang::En, said[0].clone());
        assert_eq!(cache.untried().map(|(_, clause)| clause.text).as_ref(), said.first());
        let sound = Pcm::new(vec![0.5; 10], 24_000);
        cache.put("water".to_owned(), "Your Water bill is", &sound);
        cache.forget();
        assert!(cache.has("water") && cache.get("water") == Some(sound));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    fn texts() -> Vec<(Lang, String)> {
        vec![(Lang::En, format!("All right, {HOLE}. Is that right?")), (Lang::Zh, format!("您将支付{HOLE}，对吗？"))]
    }

    fn files(folder: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(folder).into_iter().flatten();
        let mut names: Vec<String> = entries.map(|e| e.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    fn sound(loud: f32) -> Pcm {
        Pcm::new(vec![loud; 240], 24_000)
    }

    #[test]
    fn beginnings_that_are_always_the_same_are_made_ready_once_each_and_written() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("voice");
        let known = vec![
            (Lang::En, format!("You are paying {HOLE} to {HOLE}. Is that right?")),
            (Lang::En, format!("{HOLE} is late.")),
            (Lang::Zh, "您好。请说。".to_owned()),
        ];
        let mut cache = Cache::in_folder(&place, known);
        let ready: Vec<String> = std::iter::from_fn(|| cache.untried()).map(|(_, clause)| clause.text).collect();
        assert_eq!(ready, ["You are paying", "您好。"]);
        let pieces = cache.pieces("You are paying forty dollars to Ann. Is that right?", Lang::En);
        assert_eq!(pieces.first().map(|clause| clause.text.as_str()), Some("You are paying"));
        for (key, piece) in ["a", "b", "c"].into_iter().zip(&pieces) {
            cache.put(key.to_owned(), &piece.text, &sound(0.5));
        }
        assert_eq!(files(&place), ["a.wav", "c.wav"], "no amount and no name");
        assert!(cache.has("a") && !cache.has("z"));
        cache.forget();
        assert!(cache.has("a") && !cache.has("b"), "what is on the disk stays");
    }

    #[test]
    fn only_what_stands_in_the_dialogs_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("voice");
        let mut cache = Cache::in_folder(&place, texts());
        for (key, clause) in [
            ("a", "All right,"),
            ("b", "Is that right?"),
            ("c", "对吗？"),
            ("d", "forty dollars."),
            ("e", "four seven"),
        ] {
            cache.put(key.to_owned(), clause, &sound(0.5));
        }
        assert_eq!(files(&place), ["a.wav", "b.wav", "c.wav"]);
        assert!(cache.get("d").is_some(), "in memory it has them all");
        let mut later = Cache::in_folder(&place, texts());
        assert_eq!(later.get("b").map(|sound| sound.samples.len()), Some(240));
        assert!(later.get("d").is_none() && Cache::none().get("b").is_none());
    }

    #[test]
    fn a_damaged_file_is_made_anew() {
        let folder = tempfile::tempdir().unwrap();
        let mut cache = Cache::in_folder(folder.path(), texts());
        std::fs::write(folder.path().join("a.wav"), b"RIFF").unwrap();
        assert!(cache.get("a").is_none());
        cache.put("a".to_owned(), "All right,", &sound(0.25));
        assert!(Cache::in_folder(folder.path(), texts()).get("a").is_some());
    }

    #[test]
    fn the_folder_is_bounded_and_what_is_used_stays() {
        let folder = tempfile::tempdir().unwrap();
        let mut cache = Cache::in_folder(folder.path(), texts());
        cache.bytes_max = 3_000;
        for at in 0..20 {
            cache.put(format!("{at:02}"), "All right,", &sound(0.5));
            cache.recent.clear();
            std::thread::sleep(std::time::Duration::from_millis(4));
            assert!(cache.get("00").is_some(), "used each time");
            cache.recent.clear();
        }
        let bytes: u64 =
            files(folder.path()).iter().map(|name| std::fs::metadata(folder.path().join(name)).unwrap().len()).sum();
        assert!(bytes <= 3_000 + 600, "{bytes}");
    }

    #[test]
    fn the_memory_is_bounded() {
        let mut cache = Cache::none();
        for at in 0..10 {
            cache.put(at.to_string(), "x", &Pcm::silence(30_000, 24_000));
        }
        assert!(cache.get("0").is_none() && cache.get("9").is_some());
        assert!(cache.recent.iter().map(|(_, sound)| sound.samples.len()).sum::<usize>() <= MEMORY_SAMPLES_MAX);
    }

    #[test]
    fn a_folder_that_cannot_be_written_costs_nothing_else() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let mut cache = Cache::in_folder(file.path(), texts());
        cache.put("a".to_owned(), "All right,", &sound(0.5));
        assert!(cache.get("a").is_some());
    }
}
