//! Where plugin libraries and the worker program are on disk.

use super::About;
use super::breaker::BackOff;
use super::error::PluginError;
use sha2::{Digest as _, Sha256};
use std::env::consts::{DLL_PREFIX, DLL_SUFFIX, EXE_SUFFIX};
use std::path::{Path, PathBuf};

/// Where to look. The default is beside the running program.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// Directories with plugin libraries; if empty: the program's own, `plugins` in it, and `../lib/sayso/plugins`.
    pub directories: Vec<PathBuf>,
    /// The program `sayso-plugin-worker`; if none, the one beside the running program.
    pub worker: Option<PathBuf>,
    /// What to do where a worker cannot confine itself wholly.
    pub confinement: Policy,
    /// The folder of plugins that were taken in; looked at first.
    pub pinned: Option<PathBuf>,
    /// What to do when workers die in a row.
    pub back_off: BackOff,
}

/// What to do with plugins on a system where a worker cannot confine itself wholly.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Policy {
    /// Refuse them.
    #[default]
    Required,
    /// Run them as confined as can be, and say in the log what is missing.
    WhereAvailable,
}

/// One library in a directory of plugins.
#[derive(Debug)]
pub struct Listed {
    /// Where it is.
    pub path: PathBuf,
    /// SHA-256 of the file, as 64 hexadecimal digits.
    pub sha256: Result<String, PluginError>,
    /// The digest that was agreed to, if it was taken in.
    pub pinned: Option<String>,
    /// What it says of itself, or why it cannot be used.
    pub about: Result<About, PluginError>,
}

/// The directory of the running program; of the programs' directory if it is a test in `deps` below that.
fn program_directory() -> PathBuf {
    let program = std::env::current_exe().unwrap_or_default();
    let directory = program.parent().map(Path::to_owned).unwrap_or_default();
    match directory.parent() {
        Some(above) if directory.ends_with("deps") => above.to_owned(),
        _ => directory,
    }
}

pub(super) fn default_worker() -> PathBuf {
    program_directory().join(format!("sayso-plugin-worker{EXE_SUFFIX}"))
}

pub(super) fn default_directories() -> Vec<PathBuf> {
    let beside = program_directory();
    let installed = beside.join("../lib/sayso/plugins");
    vec![beside.clone(), beside.join("plugins"), installed]
}

fn file_name(name: &str) -> String {
    format!("{DLL_PREFIX}{name}{DLL_SUFFIX}")
}

/// The library of the plugin `name` in the first directory that has it, or the file that `name` names.
pub(super) fn library(name: &str, directories: &[PathBuf]) -> Result<PathBuf, PluginError> {
    if name.contains(['/', '\\']) {
        let library = PathBuf::from(name);
        return if library.is_file() { Ok(library) } else { Err(PluginError::NoLibrary { library }) };
    }
    let mut candidates = directories.iter().map(|directory| directory.join(file_name(name)));
    candidates.find(|path| path.is_file()).ok_or_else(|| PluginError::NoSuchPlugin {
        name: name.to_owned(),
        file: file_name(name),
        directories: directories.to_vec(),
    })
}

/// Every library in the directories; what is not there or cannot be read holds none.
pub(super) fn libraries(directories: &[PathBuf]) -> Vec<PathBuf> {
    let entries = directories.iter().filter_map(|directory| std::fs::read_dir(directory).ok()).flatten().flatten();
    let is_library = |path: &PathBuf| {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        name.starts_with(DLL_PREFIX) && name.ends_with(DLL_SUFFIX) && path.is_file()
    };
    let mut found: Vec<_> = entries.map(|entry| entry.path()).filter(is_library).collect();
    found.sort();
    found.dedup();
    found
}

/// SHA-256 of a file.
pub(super) fn sha256(path: &Path) -> Result<String, PluginError> {
    let unread = |source| PluginError::Unreadable { library: path.to_owned(), source };
    let digest = Sha256::digest(std::fs::read(path).map_err(unread)?);
    Ok(base16ct::lower::encode_string(&digest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_by_name_in_the_first_directory_that_has_it() {
        let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let directories = [first.path().to_owned(), second.path().to_owned(), "/nowhere/at/all".into()];
        let missing = library("my_bank", &directories).unwrap_err().to_string();
        assert!(missing.contains("my_bank") && missing.contains(&file_name("my_bank")), "{missing}");
        let wanted = second.path().join(file_name("my_bank"));
        std::fs::write(&wanted, "abc").unwrap();
        std::fs::write(second.path().join("notes.txt"), "").unwrap();
        assert_eq!(library("my_bank", &directories).unwrap(), wanted);
        assert_eq!(libraries(&directories), vec![wanted.clone()]);
        assert_eq!(library(&wanted.to_string_lossy(), &[]).unwrap(), wanted);
        assert_eq!(sha256(&wanted).unwrap(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
