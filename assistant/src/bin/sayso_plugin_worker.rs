//! The `sayso-plugin-worker` command.
fn main() {}
