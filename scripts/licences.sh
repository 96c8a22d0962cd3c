#!/usr/bin/env bash
# Licences, banned crates and sources of everything that is linked in, by the rules of deny.toml.
set -euo pipefail
version=0.20.2
if ! cargo deny --version 2>/dev/null | grep -q "$version"; then
    echo "licences: installing cargo-deny $version (a few minutes, once)"
    cargo install cargo-deny --version "$version" --locked --debug --quiet
fi
cargo deny --log-level warn check licenses bans sources
