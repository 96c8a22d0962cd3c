//! A recogniser on a thread of its own: it works while somebody is still listened to.

use super::endpoint::Utterance;
use super::error::SpeechError;
use super::recogniser::{GivenUp, Heard, Hint, Recogniser};
use super::turn_taker::Glance;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

struct Job {
    glance: Glance,
    utterance: Utterance,
    hint: Hint,
}

type Done = (Glance, Result<Heard, SpeechError>);

/// A recogniser that works in the background, on one utterance at a time. The newest is all that counts: one that still waits
/// when a newer one comes is never begun.
pub struct Background {
    jobs: Option<Sender<Job>>,
    done: Receiver<Done>,
    latest: Option<Done>,
    /// Of what was begun last.
    given_up: GivenUp,
    thread: Option<JoinHandle<()>>,
}

impl Background {
    /// Starts the thread, which lives as long as this.
    ///
    /// # Errors
    /// When the system has no thread to give.
    pub fn start(mut recogniser: Box<dyn Recogniser>) -> Result<Self, SpeechError> {
        let (jobs, to_do) = channel::<Job>();
        let (tell, done) = channel();
        let work = move || {
            while let Ok(first) = to_do.recv() {
                let Job { glance, utterance, hint } = to_do.try_iter().last().unwrap_or(first);
                if tell.send((glance, recogniser.transcribe(&utterance, &hint))).is_err() {
                    return;
                }
            }
        };
        let thread = std::thread::Builder::new().name("recogniser".to_owned()).spawn(work);
        let thread = thread.map_err(|why| gone(&why.to_string()))?;
        Ok(Background { jobs: Some(jobs), done, latest: None, given_up: GivenUp::default(), thread: Some(thread) })
    }

    /// Begins with an utterance, and gives up what was begun before. Numbers rise.
    pub fn begin(&mut self, glance: Glance, utterance: Utterance, mut hint: Hint) {
        self.give_up();
        self.given_up = GivenUp::default();
        hint.given_up = self.given_up.clone();
        // A thread that is gone is told of where the answer is waited for.
        let _ = self.jobs.as_ref().map(|jobs| jobs.send(Job { glance, utterance, hint }));
    }

    /// What was begun last is wanted no more, and shall cost no more time: what it was about has gone on.
    pub fn give_up(&self) {
        self.given_up.give_up();
    }

    /// What has become known since it was asked last, without waiting; the newest of it.
    pub fn news(&mut self) -> Option<(Glance, &Result<Heard, SpeechError>)> {
        let newest = self.done.try_iter().last()?;
        self.latest = Some(newest);
        self.latest.as_ref().map(|(glance, heard)| (*glance, heard))
    }

    /// What was heard under this number, which was begun and after which nothing else was; waits for it.
    ///
    /// # Errors
    /// When recognition failed, or the thread is gone.
    pub fn wait(&mut self, glance: Glance) -> Result<Heard, SpeechError> {
        loop {
            match self.latest.take() {
                Some((number, heard)) if number == glance => return heard,
                _ => self.latest = Some(self.done.recv().map_err(|_| gone("its thread ended"))?),
            }
        }
    }
}

impl Drop for Background {
    /// Waits for what it is just doing: nothing of the recogniser may run on while the program ends.
    fn drop(&mut self) {
        self.jobs = None;
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

fn gone(why: &str) -> SpeechError {
    SpeechError::Recognition { ms: 0, why: format!("the recogniser is gone: {why}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::speech::Reason;

    /// Says how long the utterance was, when it is let.
    struct Scripted {
        let_go: Receiver<()>,
    }

    impl Recogniser for Scripted {
        fn name(&self) -> &str {
            "scripted"
        }

        fn transcribe(&mut self, utterance: &Utterance, hint: &Hint) -> Result<Heard, SpeechError> {
            self.let_go.recv().map_err(|why| gone(&why.to_string()))?;
            if hint.given_up.is_given_up() {
                return Ok(Heard::Nothing { reason: Reason::GivenUp, took_ms: 0 });
            }
            Ok(Heard::Nothing { reason: Reason::NoWords, took_ms: utterance.duration_ms() })
        }
    }

    fn utterance(ms: usize) -> Utterance {
        Utterance { samples: vec![0.0; ms * 16], ..Utterance::default() }
    }

    fn took(heard: &Heard) -> u64 {
        match heard {
            Heard::Nothing { took_ms, .. } => *took_ms,
            Heard::Words(_) => 0,
        }
    }

    #[test]
    fn works_while_nobody_waits_and_skips_what_is_out_of_date() {
        let (go, let_go) = channel();
        let mut background = Background::start(Box::new(Scripted { let_go })).unwrap();
        assert!(background.news().is_none());
        (1..=5).for_each(|glance| background.begin(glance, utterance(glance as usize * 100), Hint::default()));
        // Between the first, which may be going on, and the last there is nothing worth a try.
        (0..5).for_each(|_| go.send(()).unwrap());
        assert_eq!(took(&background.wait(5).unwrap()), 500);
        background.begin(6, utterance(600), Hint::default());
        assert_eq!(took(&background.wait(6).unwrap()), 600);
    }

    #[test]
    fn what_is_wanted_no_more_is_given_up_and_what_comes_after_it_is_not() {
        let (go, let_go) = channel();
        let mut background = Background::start(Box::new(Scripted { let_go })).unwrap();
        background.begin(1, utterance(100), Hint::default());
        background.give_up();
        go.send(()).unwrap();
        let given_up = background.wait(1).unwrap();
        assert!(matches!(given_up, Heard::Nothing { reason: Reason::GivenUp, .. }), "{given_up:?}");
        background.begin(2, utterance(200), Hint::default());
        go.send(()).unwrap();
        assert_eq!(took(&background.wait(2).unwrap()), 200);
    }

    #[test]
    fn news_come_once_and_can_still_be_waited_for() {
        let (go, let_go) = channel();
        let mut background = Background::start(Box::new(Scripted { let_go })).unwrap();
        background.begin(1, utterance(100), Hint::default());
        go.send(()).unwrap();
        let news = loop {
            if let Some((glance, heard)) = background.news() {
                break (glance, heard.as_ref().map(took).unwrap());
            }
            std::thread::yield_now();
        };
        assert_eq!(news, (1, 100));
        assert!(background.news().is_none());
        assert_eq!(took(&background.wait(1).unwrap()), 100);
    }

    #[test]
    fn what_failed_is_told_to_whoever_waits() {
        let (go, let_go) = channel();
        let mut background = Background::start(Box::new(Scripted { let_go })).unwrap();
        drop(go);
        background.begin(1, utterance(100), Hint::default());
        assert!(background.wait(1).is_err());
    }
}
