# The two commands of the README, and what helps while working on Sayso. `make help` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.ONESHELL:
.DEFAULT_GOAL := help

# The ear, and the second gate before it.
MODELS ?= whisper-base-q8_0 silero-vad
# The other network that hears each yes; it comes through npm, which the demo does without.
LISTENER ?= whisper-tiny-q8_0
# What tells voices apart, for tests.
SPEAKER ?= ge2e-speaker
# The natural voice, with its pronunciations.
VOICE ?= kokoro-82m-fp16

.PHONY: help
help: ## list these
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

.PHONY: demo
demo: ## install what is missing, build, and pay four recorded conversations with practice money
	@./scripts/prepare.sh demo
	echo "demo: building Sayso in release; the first time takes several minutes"
	cargo build --release --package sayso --package sayso-practice-bank
	for model in $(MODELS); do ./target/release/sayso models fetch $$model; done
	./target/release/sayso demo

.PHONY: test
test: ## install what is missing, build, and run every test
	@./scripts/prepare.sh test
	echo "test: building Sayso and its plugins; the first time takes several minutes"
	cargo build --workspace --lib --bins --tests
	for model in $(MODELS) $(LISTENER) $(VOICE) $(SPEAKER); do ./target/debug/sayso models fetch $$model; done
	echo "test: running them"
	cargo test --workspace --no-fail-fast

.PHONY: voice
voice: ## fetch the natural voice, and hear what it says with the recogniser
	@./scripts/prepare.sh test
	cargo build --package sayso
	for model in $(MODELS) $(VOICE); do ./target/debug/sayso models fetch $$model; done
	cargo test --package sayso --test voice -- --nocapture

.PHONY: lint
lint: ## formatting, clippy, docs, licences
	@./scripts/prepare.sh test
	cargo fmt --check
	cargo clippy --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --quiet
	./scripts/licences.sh

.PHONY: bench
bench: ## turn cost beside a bare SQLite commit; speech time and word errors with and without each shortcut
	@./scripts/prepare.sh demo
	cargo build --release --package sayso
	for model in $(MODELS); do ./target/release/sayso models fetch $$model; done
	cargo bench --package sayso

# How often the program is killed in `make soak`.
KILLS ?= 300

.PHONY: soak
soak: ## kill the program 300 times while it pays; then simulate payments with faults for SECONDS=..., or until told to stop
	@./scripts/prepare.sh test
	cargo build --workspace
	SAYSO_TEST_KILLS=$(KILLS) cargo test --package sayso --test doors killed_often -- --nocapture
	SAYSO_SOAK_SECONDS=$(SECONDS) cargo test --package sayso --test simulation soak -- --ignored --nocapture
