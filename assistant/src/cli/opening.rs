//! Opens the store with the key that the configuration names.

use super::failure::Failure;
use super::places::Places;
use crate::config::{Config, KeyChoice};
use crate::payments::{StoreError, StoreErrorKind};
use crate::store::{KeySource, Store};

/// The store, with its key; made where there is none.
pub fn store(places: &Places, config: &Config) -> Result<Store, Failure> {
    places.data_folder()?;
    Store::open_with(places.ledger(), &key_source(places, &config.store.key)).map_err(failed)
}

/// Where the key is.
#[must_use]
pub fn key_source(places: &Places, choice: &KeyChoice) -> KeySource {
    match choice {
        KeyChoice::Usual => KeySource::Folder(places.keys.clone()),
        KeyChoice::File(path) => KeySource::File(path.clone()),
        KeyChoice::Env(variable) => KeySource::Env(variable.clone()),
        KeyChoice::Desktop => KeySource::Desktop,
        KeyChoice::None => KeySource::None,
    }
}

/// A store that failed, with the exit code of it: a wrong key is a wrong configuration.
#[must_use]
pub fn failed(wrong: StoreError) -> Failure {
    match wrong.kind {
        StoreErrorKind::Key | StoreErrorKind::Exists => Failure::usage(wrong),
        _ => Failure::failed(wrong),
    }
}
