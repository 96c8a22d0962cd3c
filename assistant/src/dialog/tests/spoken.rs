//! Yeses that were spoken: a second listener has to have heard them too, the more surely the more money moves.

use super::flows::{at_read_back, yes};
use super::talk::{Say, Talk, say};
use crate::consent::Ear;
use crate::dialog::Input;
use crate::understanding::Act;

/// Said aloud; the second listener holds it for a yes so surely.
fn aloud(talk: &mut Talk, said: Say, yes_milli: Option<u16>, voiced_ms: u32) -> &mut Talk {
    talk.step(Input::Spoken(said.0, Ear { yes_milli, voiced_ms, likeness: None }))
}

#[test]
fn a_yes_that_both_listeners_heard_pays() {
    aloud(&mut at_read_back(), yes(), Some(990), 400).payments(1);
}

#[test]
fn a_yes_that_only_one_heard_is_asked_for_again() {
    for (yes_milli, voiced_ms) in [(Some(300), 400), (Some(799), 400), (None, 400), (Some(1000), 90)] {
        let mut talk = at_read_back();
        aloud(&mut talk, yes(), yes_milli, voiced_ms)
            .payments(0)
            .says("not sure that I heard a yes")
            .awaits(Some("consent"));
        aloud(&mut talk, yes(), Some(990), 400).payments(1);
    }
}

#[test]
fn a_yes_that_is_never_sure_ends_without_a_payment() {
    let mut talk = at_read_back();
    for _ in 0..12 {
        aloud(&mut talk, yes(), Some(100), 400).payments(0);
    }
    assert_ne!(talk.state.awaiting(), Some("consent"), "it has given up by now");
}

#[test]
fn everything_but_a_yes_needs_no_second_listener_and_typed_words_have_none() {
    let mut talk = at_read_back();
    aloud(&mut talk, say("cancel").act(Act::Cancel), None, 100).payments(0).awaits(None);
    at_read_back().hear(yes()).payments(1);
}
