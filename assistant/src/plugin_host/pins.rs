//! The plugins that the operator took in: a folder of libraries, and beside them which file each is, by its digest. A file
//! that is no longer what was taken in is not run.

use super::error::PluginError;
use super::find;
use sayso_plugin_interface::Capabilities;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// The file in the folder that says what was taken in.
const REGISTRY: &str = "registry.json";

/// One plugin as it was taken in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pin {
    /// The library's file name in the folder.
    pub file: String,
    /// SHA-256 of the file, as 64 hexadecimal digits.
    pub sha256: String,
    /// The plugin's own version.
    pub version: String,
    /// What it was shown to need when the operator agreed: hosts, secrets, secrets inside.
    #[serde(default)]
    pub hosts: Vec<String>,
    /// Secrets that its requests refer to.
    #[serde(default)]
    pub secrets: Vec<String>,
    /// Secrets that it has to know itself.
    #[serde(default)]
    pub secrets_inside: Vec<String>,
    /// All that it said of itself then; none where an earlier Sayso took it in.
    #[serde(default)]
    pub capabilities: Option<Capabilities>,
}

/// The whole registry file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Registry {
    format: u32,
    plugins: BTreeMap<String, Pin>,
}

/// A folder of plugins that were taken in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pins {
    folder: PathBuf,
}

impl Pins {
    /// The plugins in this folder, which need not be there yet.
    #[must_use]
    pub fn new(folder: PathBuf) -> Self {
        Pins { folder }
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Every plugin that was taken in, by name; none if there is no registry.
    pub fn read(&self) -> Result<BTreeMap<String, Pin>, PluginError> {
        let path = self.folder.join(REGISTRY);
        let wrong = |detail: String| PluginError::Registry { path: path.clone(), detail };
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(missing) if missing.kind() == std::io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
            Err(error) => return Err(wrong(error.to_string())),
        };
        let registry: Registry = serde_json::from_str(&text).map_err(|error| wrong(error.to_string()))?;
        match registry.format {
            1 => Ok(registry.plugins),
            other => Err(wrong(format!("it has the format {other}, and this Sayso reads 1"))),
        }
    }

    /// The library of a plugin that was taken in.
    #[must_use]
    pub fn path(&self, pin: &Pin) -> PathBuf {
        self.folder.join(&pin.file)
    }

    /// The digest that a file in this folder must have; an error if it has another, or was never taken in. `None` for
    /// files elsewhere.
    pub(super) fn wanted(&self, library: &Path) -> Result<Option<String>, PluginError> {
        let folder = self.folder.canonicalize().unwrap_or_else(|_| self.folder.clone());
        if library.parent() != Some(&folder) {
            return Ok(None);
        }
        let name = library.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let pins = self.read()?;
        let pin = pins.values().find(|pin| pin.file == name);
        let pin = pin.ok_or_else(|| PluginError::NotPinned { library: library.to_owned() })?;
        let found = find::sha256(library)?;
        if found != pin.sha256 {
            return Err(PluginError::Changed { library: library.to_owned(), pinned: pin.sha256.clone(), found });
        }
        Ok(Some(found))
    }

    /// Copies a library into the folder under a name that nothing else has, so that what is looked at is what is kept.
    pub fn bring_in(&self, file: &Path) -> Result<Incoming, PluginError> {
        let unread = |source| PluginError::Unreadable { library: file.to_owned(), source };
        if !file.is_file() {
            return Err(PluginError::NoLibrary { library: file.to_owned() });
        }
        private_folder(&self.folder).map_err(unread)?;
        let path = self.folder.join(format!(".incoming-{}{DLL_SUFFIX}", std::process::id()));
        let incoming = Incoming { path };
        fs::copy(file, &incoming.path).map_err(unread)?;
        private_file(&incoming.path).map_err(unread)?;
        Ok(incoming)
    }

    /// Keeps what came in under the plugin's name, in place of what was there, and pins it.
    pub fn keep(&self, incoming: &Incoming, name: &str, about: &super::About) -> Result<Pin, PluginError> {
        let _turn = self.turn()?;
        let sha256 = find::sha256(&incoming.path)?;
        let can = &about.capabilities;
        // Named by its content: a worker that still runs the file of before never sees it change.
        let file = format!("{DLL_PREFIX}{name}-{}{DLL_SUFFIX}", sha256.get(..16).unwrap_or_default());
        let pin = Pin {
            file,
            sha256,
            version: can.version.clone(),
            hosts: can.hosts.clone(),
            secrets: can.secrets.clone(),
            secrets_inside: can.secrets_inside.clone(),
            capabilities: Some(can.clone()),
        };
        let path = self.path(&pin);
        fs::rename(&incoming.path, &path).map_err(|source| PluginError::Unreadable { library: path, source })?;
        let mut plugins = self.read()?;
        let before = plugins.insert(name.to_owned(), pin.clone());
        self.write(plugins)?;
        self.forget_file(before.filter(|before| before.file != pin.file));
        Ok(pin)
    }

    /// Removes a plugin; `false` if there was none of this name.
    pub fn remove(&self, name: &str) -> Result<bool, PluginError> {
        if !self.folder.is_dir() {
            return Ok(false);
        }
        let _turn = self.turn()?;
        let mut plugins = self.read()?;
        let gone = plugins.remove(name);
        let was_there = gone.is_some();
        if was_there {
            self.write(plugins)?;
        }
        self.forget_file(gone);
        Ok(was_there)
    }

    /// One at a time, so that no two changes undo each other. Ends when the file is dropped.
    fn turn(&self) -> Result<fs::File, PluginError> {
        let path = self.folder.join(".changing");
        let locked = fs::File::create(&path).and_then(|file| file.lock().map(|()| file));
        locked.map_err(|error| PluginError::Registry { path, detail: error.to_string() })
    }

    /// A file that can't be deleted is only in the way: it is pinned no longer.
    fn forget_file(&self, pin: Option<Pin>) {
        if let Some(pin) = pin {
            let _ = fs::remove_file(self.path(&pin));
        }
    }

    /// Whole or not at all: a crash leaves the registry of before.
    fn write(&self, plugins: BTreeMap<String, Pin>) -> Result<(), PluginError> {
        let path = self.folder.join(REGISTRY);
        let fresh = self.folder.join(format!(".{REGISTRY}.{}", std::process::id()));
        let write = || -> std::io::Result<()> {
            let text = serde_json::to_string_pretty(&Registry { format: 1, plugins }).map_err(std::io::Error::other)?;
            let mut file = fs::File::create(&fresh)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            fs::rename(&fresh, &path)
        };
        write().map_err(|error| PluginError::Registry { path: path.clone(), detail: error.to_string() })
    }
}

/// A library that was copied in and is not kept yet. Dropping it takes it away again.
#[derive(Debug)]
pub struct Incoming {
    path: PathBuf,
}

impl Incoming {
    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its digest, in hexadecimal digits.
    pub fn sha256(&self) -> Result<String, PluginError> {
        find::sha256(&self.path)
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        // Gone already if it was kept.
        let _ = fs::remove_file(&self.path);
    }
}

fn private_folder(folder: &Path) -> std::io::Result<()> {
    fs::create_dir_all(folder)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(folder, fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
}

fn private_file(path: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(path, fs::Permissions::from_mode(0o600))?;
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plugin_host::About;

    fn about() -> About {
        let text = r#"{"name":"my_bank","version":"1.2","practice":true,"currencies":[],"off_session":true,"authorize_and_capture":false,"partial_refund":false,"query_by_reference":true,"idempotency_key_life_ms":null,"reference_length_max":64,"hosts":["h"],"secrets":["k"],"secrets_inside":["s"]}"#;
        let capabilities: Capabilities = serde_json::from_str(text).unwrap();
        About { abi: (1, 0), capabilities, confinement: Default::default() }
    }

    fn kept(pins: &Pins, content: &str) -> Pin {
        let source = pins.folder().with_extension("source");
        fs::write(&source, content).unwrap();
        pins.keep(&pins.bring_in(&source).unwrap(), "my_bank", &about()).unwrap()
    }

    #[test]
    fn what_was_taken_in_is_pinned_until_it_changes() {
        let home = tempfile::tempdir().unwrap();
        let pins = Pins::new(home.path().join("plugins"));
        assert_eq!(pins.read().unwrap(), BTreeMap::new());
        let pin = kept(&pins, "abc");
        assert_eq!((pin.version.as_str(), pin.secrets_inside.clone()), ("1.2", vec!["s".to_owned()]));
        let path = pins.path(&pin).canonicalize().unwrap();
        assert_eq!(pins.wanted(&path).unwrap(), Some(pin.sha256.clone()));
        fs::write(&path, "abd").unwrap();
        let changed = pins.wanted(&path).unwrap_err().to_string();
        assert!(changed.contains(&pin.sha256) && changed.contains("sayso plugins update"), "{changed}");
        let stranger = path.with_file_name("libstranger.so");
        fs::write(&stranger, "x").unwrap();
        assert!(matches!(pins.wanted(&stranger), Err(PluginError::NotPinned { .. })));
        assert_eq!(pins.wanted(Path::new("/elsewhere/libx.so")).unwrap(), None);
    }

    #[test]
    fn another_version_takes_the_place_and_removal_leaves_nothing() {
        let home = tempfile::tempdir().unwrap();
        let pins = Pins::new(home.path().join("plugins"));
        let (one, two) = (kept(&pins, "one"), kept(&pins, "two"));
        assert!(!pins.path(&one).exists() && pins.path(&two).exists());
        assert!(pins.remove("my_bank").unwrap());
        assert!(!pins.remove("my_bank").unwrap());
        let left: Vec<_> = fs::read_dir(pins.folder()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        let left: Vec<_> = left.into_iter().filter(|name| name != ".changing").collect();
        assert_eq!(left, [REGISTRY]);
    }

    #[test]
    fn a_broken_registry_is_named() {
        let home = tempfile::tempdir().unwrap();
        let pins = Pins::new(home.path().to_owned());
        for text in ["{", r#"{"format":2,"plugins":{}}"#] {
            fs::write(home.path().join(REGISTRY), text).unwrap();
            assert!(pins.read().unwrap_err().to_string().contains(REGISTRY), "{text}");
        }
    }
}
