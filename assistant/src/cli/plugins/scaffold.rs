//! `sayso plugins new`: a plugin to start from, which builds and passes the conformance kit as it stands.

use super::super::failure::Failure;
use super::super::out::{Out, remark};
use serde::Serialize;
use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
use std::fs;
use std::path::{Path, PathBuf};

/// Each file of a new plugin, with its text before names are filled in.
const FILES: &[(&str, &str)] = &[
    ("Cargo.toml", include_str!("template/Cargo.toml.template")),
    ("src/lib.rs", include_str!("template/lib.rs.template")),
    ("mapping.txt", include_str!("template/mapping.txt.template")),
    ("fixtures/payments.yaml", include_str!("template/fixtures.yaml.template")),
    ("README.md", include_str!("template/README.md.template")),
    (".gitignore", "target/\n"),
];

/// The longest name of a plugin.
const NAME_LENGTH_MAX: usize = 64;

/// The result as JSON.
#[derive(Serialize)]
struct Written<'a> {
    plugin: &'a str,
    folder: String,
    files: Vec<&'a str>,
}

/// Writes the files into a folder that is not there yet, or is empty.
pub(super) fn run(name: &str, dir: Option<PathBuf>, sayso: Option<PathBuf>, out: Out) -> Result<(), Failure> {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    let begins = name.starts_with(|c: char| c.is_ascii_lowercase());
    if !begins || name.len() > NAME_LENGTH_MAX || name.ends_with('_') || !name.bytes().all(plain) {
        return Err(Failure::usage(format!(
            "`{name}` is no name for a plugin: write small letters, digits and `_`, such as my_bank"
        )));
    }
    let folder = dir.unwrap_or_else(|| PathBuf::from(name));
    if fs::read_dir(&folder).is_ok_and(|mut entries| entries.next().is_some()) || folder.is_file() {
        return Err(Failure::usage(format!("{} is there already: name another folder with --dir", folder.display())));
    }
    let sdk = sdk(sayso)?;
    for (path, text) in FILES {
        write(&folder.join(path), &filled(text, name, &sdk))?;
    }
    let written = Written {
        plugin: name,
        folder: folder.display().to_string(),
        files: FILES.iter().map(|(path, _)| *path).collect(),
    };
    out.result(&written, || format!("wrote {name} into {}", written.folder))?;
    remark(&format!(
        "next: cd {} && cargo build && sayso plugins check target/debug/{DLL_PREFIX}{name}{DLL_SUFFIX}",
        written.folder
    ));
    Ok(())
}

/// The folder of the crate that plugins are written with: named, or above this program, or above the current folder.
fn sdk(named: Option<PathBuf>) -> Result<PathBuf, Failure> {
    let holds = |top: &Path| Some(top.join("plugins/sdk")).filter(|sdk| sdk.join("Cargo.toml").is_file());
    let found = match &named {
        Some(top) => holds(top),
        None => {
            let starts = [std::env::current_exe().ok(), std::env::current_dir().ok()];
            starts.iter().flatten().find_map(|start| start.ancestors().find_map(holds))
        }
    };
    let missing = || match &named {
        Some(top) => {
            Failure::usage(format!("there is no plugins/sdk in {}: name the top of Sayso's source", top.display()))
        }
        None => {
            Failure::usage("the crate `sayso-plugin-sdk` lies in Sayso's source tree: name its top with --sayso DIR")
        }
    };
    let sdk = found.ok_or_else(missing)?;
    sdk.canonicalize().map_err(Failure::usage)
}

fn filled(text: &str, name: &str, sdk: &Path) -> String {
    let host = format!("api.{}.example", name.replace('_', "-"));
    let sdk = sdk.display().to_string().replace('\\', "\\\\").replace('"', "\\\"");
    text.replace("__NAME__", name)
        .replace("__TYPE__", &type_name(name))
        .replace("__TITLE__", &words(name).join(" "))
        .replace("__HOST__", &host)
        .replace("__LIBRARY__", &format!("{DLL_PREFIX}{name}{DLL_SUFFIX}"))
        .replace("__UPPER_KEY__", &format!("{}_API_KEY", name.to_ascii_uppercase()))
        .replace("__SDK__", &sdk)
}

/// `my_bank` as the name of a type: `MyBankPlugin`. The ending keeps it apart from the types of the interface.
fn type_name(name: &str) -> String {
    format!("{}Plugin", words(name).concat())
}

/// The words of a name, each with a capital.
fn words(name: &str) -> Vec<String> {
    let capital = |word: &str| {
        let (first, rest) = word.split_at(1);
        first.to_ascii_uppercase() + rest
    };
    name.split('_').filter(|word| !word.is_empty()).map(capital).collect()
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    let failed = |wrong: std::io::Error| Failure::failed(format!("{} can't be written: {wrong}", path.display()));
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    fs::write(path, text).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_filled_in_everywhere() {
        for (path, text) in FILES {
            let filled = filled(text, "my_2nd_bank", Path::new("/s/plugins/sdk"));
            assert!(!filled.contains("__"), "{path}: {filled}");
        }
        assert_eq!(type_name("my_2nd_bank"), "My2ndBankPlugin");
    }
}
