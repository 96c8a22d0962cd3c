//! The desktop's secret service, through the desktop's own program for it: `secret-tool` (libsecret), which speaks to GNOME
//! Keyring, KWallet and KeePassXC alike. The key goes through pipes, never through arguments.

use super::key::{StoreKey, refused};
use crate::payments::StoreError;
use std::io::Write as _;
use std::process::{Command, Stdio};

/// How the key is found again.
const ATTRIBUTES: [&str; 4] = ["service", "sayso", "purpose", "store-key"];
const LABEL: &str = "Sayso: the key to the payments";

/// The key, if there is one.
pub(super) fn look_up() -> Result<Option<StoreKey>, StoreError> {
    let mut command = Command::new("secret-tool");
    command.arg("lookup").args(ATTRIBUTES).stdin(Stdio::null()).stderr(Stdio::piped()).stdout(Stdio::piped());
    let output = command.output().map_err(|error| missing(&error))?;
    let found = String::from_utf8_lossy(&output.stdout);
    let complaint = String::from_utf8_lossy(&output.stderr);
    match (output.status.success(), found.trim().is_empty(), complaint.trim().is_empty()) {
        (true, false, _) => StoreKey::parse(&found, "the desktop's secret service").map(Some),
        // It ends with 1 and no word where there is nothing to be found.
        (_, true, true) => Ok(None),
        _ => Err(closed(complaint.trim())),
    }
}

/// Keeps a key.
pub(super) fn keep(key: &StoreKey) -> Result<(), StoreError> {
    let mut command = Command::new("secret-tool");
    command.args(["store", "--label", LABEL]).args(ATTRIBUTES);
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| missing(&error))?;
    if let Some(mut input) = child.stdin.take() {
        // A program that ended at once says why below.
        let _ = input.write_all(key.digits().as_bytes());
    }
    let output = child.wait_with_output().map_err(|error| missing(&error))?;
    if output.status.success() { Ok(()) } else { Err(closed(String::from_utf8_lossy(&output.stderr).trim())) }
}

fn missing(error: &std::io::Error) -> StoreError {
    refused(format!(
        "the key of the store is to be with the desktop's secret service, but `secret-tool` can't be run: {error} \
         (Debian: apt install libsecret-tools), or name another place under `store:` in sayso.yaml"
    ))
}

fn closed(complaint: &str) -> StoreError {
    let complaint = if complaint.is_empty() { "it gave no reason" } else { complaint };
    refused(format!(
        "the desktop's secret service does not give the key of the store: {complaint} (unlock it, and try again)"
    ))
}
