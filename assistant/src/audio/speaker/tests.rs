//! A loudspeaker without a device.

use super::*;

#[test]
fn what_was_played_last_comes_once_more_after_a_pause_and_nothing_while_it_lasts() {
    let mut queue = Queue { kept: 3, samples: (1..=8).map(|n| n as f32).collect(), ..Queue::default() };
    let take = |queue: &mut Queue, count: usize| (0..count).map(|_| queue.next() as i32).collect::<Vec<_>>();
    assert_eq!(take(&mut queue, 5), [1, 2, 3, 4, 5]);
    queue.paused = true;
    assert_eq!(take(&mut queue, 2), [0, 0]);
    queue.rewind();
    queue.paused = false;
    assert_eq!(take(&mut queue, 7), [3, 4, 5, 6, 7, 8, 0]);
    queue.clear();
    queue.rewind();
    assert_eq!(take(&mut queue, 1), [0], "what was stopped does not come back");
}

/// A device that needs no sound system, and never asks for a sound.
fn device(rate: u32, name: &str) -> Playing {
    let queue = Arc::new(Mutex::new(Queue { kept: 9, ..Queue::default() }));
    Playing { _stream: Stream::none(), queue, rate, name: name.to_owned(), opened: Instant::now() }
}

fn speaker(state: State) -> Speaker {
    let rested = Some(("before".to_owned(), 16_000));
    let progress = (0, Instant::now());
    let (wanted, empty_since) = (None, None);
    Speaker { state, wanted, rested, is_another: false, teller: None, refused: None, progress, empty_since }
}

fn waking(opened: Option<Result<Playing, AudioError>>) -> Speaker {
    let (send, waking) = channel();
    opened.into_iter().for_each(|opened| send.send(opened).unwrap());
    speaker(State::Waking(waking))
}

#[test]
fn what_is_said_into_a_device_that_wakes_up_is_played_on_it() {
    let mut same = waking(Some(Ok(device(16_000, "before"))));
    same.start(&Pcm::new(vec![0.5; 160], 16_000)).unwrap();
    assert!(!same.wake(), "the same as before");
    assert_eq!(same.queue().unwrap().samples.len(), 160 + LEAD_IN_MS as usize * 16, "the lead-in before it");
    let mut other = waking(Some(Ok(device(48_000, "before"))));
    assert!(other.wake() && !other.wake(), "another one, said once");
    other.start(&Pcm::new(vec![0.5; 160], 16_000)).unwrap();
    assert!(other.queue().unwrap().samples.len() >= LEAD_IN_MS as usize * 48 + 470);
}

#[test]
fn a_device_that_does_not_wake_up_is_told_to_who_has_something_to_say_and_to_nobody_else() {
    let gone = || lost("gone", "it is gone".to_owned());
    let mut speaker = waking(Some(Err(gone())));
    assert!(!speaker.wake());
    assert!(matches!(speaker.state, State::Resting));
    assert!(!speaker.wake());
    assert!(matches!(speaker.state, State::Resting), "not tried again at once");
    assert!(!speaker.is_playing().unwrap());
    assert!(waking(Some(Err(gone()))).start(&Pcm::silence(1, 1_000)).unwrap_err().to_string().contains("it is gone"));
    assert!(waking(None).start(&Pcm::silence(1, 1_000)).is_err(), "nobody opens it");
}

#[test]
fn only_a_device_with_nothing_to_say_rests_and_who_follows_it_follows_the_next_stream() {
    let playing = device(16_000, "before");
    let (teller, reference) = Reference::new(16_000);
    lock(&playing.queue).teller = Some(teller);
    let mut speaker = speaker(State::Awake(playing));
    speaker.start(&Pcm::new(vec![0.5; 4], 16_000)).unwrap();
    speaker.rest();
    assert!(speaker.queue().is_some(), "something is left to say");
    speaker.queue().unwrap().samples.clear();
    speaker.pause();
    speaker.rest();
    assert!(speaker.queue().is_some(), "it may go on");
    speaker.stop();
    speaker.rest();
    assert!(speaker.queue().is_none() && speaker.teller.is_some());
    speaker.resume();
    speaker.stop();
    let (send, opened) = channel();
    send.send(Ok(device(48_000, "other"))).unwrap();
    speaker.state = State::Waking(opened);
    assert!(speaker.wake() && speaker.queue().unwrap().teller.is_some());
    assert_eq!(speaker.name(), "other");
    drop(reference);
    speaker.rest();
    let (send, opened) = channel();
    send.send(Ok(device(48_000, "other"))).unwrap();
    speaker.state = State::Waking(opened);
    assert!(!speaker.wake() && speaker.queue().unwrap().teller.is_none(), "nobody follows any more");
}

#[test]
fn a_device_that_a_noise_woke_up_rests_again() {
    let mut woken = waking(Some(Ok(device(16_000, "before"))));
    woken.rest();
    assert!(matches!(woken.state, State::Resting));
    let (_opens, opened) = channel();
    let mut opening = speaker(State::Waking(opened));
    opening.rest();
    assert!(matches!(opening.state, State::Waking(_)), "until it is open");
}
