//! Speech with real models: fetched weights, recorded sentences, noise. `make test` fetches the models first.

use sayso::models;
use std::path::PathBuf;

/// The folder for models: `SAYSO_MODELS`, or the usual place.
fn folder() -> PathBuf {
    let set = std::env::var_os("SAYSO_MODELS").map(PathBuf::from);
    set.unwrap_or_else(|| directories::ProjectDirs::from("", "", "sayso").unwrap().data_dir().join("models"))
}

#[test]
#[ignore = "downloads 143 MB where the models are not there yet"]
fn fetches_converts_and_quantises_to_the_official_bytes() {
    for name in [models::DEFAULT_RECOGNISER, models::VOICE_ACTIVITY] {
        let path = models::fetch(name, &folder(), &mut |step| eprintln!("{step:?}")).unwrap();
        assert_eq!(models::locate(name, &folder()).unwrap(), path);
    }
}
