//! A voice on a thread of its own: it makes sound while somebody is listened to, and makes ready what may be said next.

use super::error::SpeechError;
use super::synthesizer::Synthesizer;
use crate::audio::Pcm;
use crate::lang::Lang;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

/// The silence behind each text of a turn. Milliseconds.
const TEXT_GAP_MS: u64 = 200;

/// What a voice is to do.
enum Order {
    /// Say texts one after the other, piece by piece.
    Say(Vec<String>, Lang, Sender<Result<Pcm, SpeechError>>),
    /// Make texts that may be said soon.
    Foresee(Vec<String>, Lang),
    /// Make one of the things that are said often and were never said yet.
    Practise,
    /// Forget what was said lately.
    Forget,
}

/// A voice that works in the background, on one thing after the other.
pub struct Narrator {
    orders: Option<Sender<Order>>,
    /// How many orders are not done yet.
    open: Arc<AtomicUsize>,
    /// Nothing is left to be practised.
    practised: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Narrator {
    /// Starts the thread, which lives as long as this.
    ///
    /// # Errors
    /// When the system has no thread to give.
    pub fn start(mut voice: Box<dyn Synthesizer>) -> Result<Self, SpeechError> {
        let (orders, to_do) = channel::<Order>();
        let open = Arc::new(AtomicUsize::new(0));
        let practised = Arc::new(AtomicBool::new(false));
        let (left, all) = (Arc::clone(&open), Arc::clone(&practised));
        let work = move || {
            while let Ok(mut order) = to_do.recv() {
                // What was only foreseen, or practised, makes way for whatever came after it.
                while matches!(order, Order::Foresee(..) | Order::Practise)
                    && let Ok(newer) = to_do.try_recv()
                {
                    order = newer;
                    left.fetch_sub(1, Ordering::Relaxed);
                }
                match order {
                    Order::Practise => all.store(!voice.practise(), Ordering::Relaxed),
                    order => carry_out(voice.as_mut(), order, &left),
                }
                // While the first words are heard there is time for it.
                if left.load(Ordering::Relaxed) <= 1 {
                    voice.warm_up();
                }
                left.fetch_sub(1, Ordering::Relaxed);
            }
        };
        let thread = std::thread::Builder::new().name("voice".to_owned()).spawn(work);
        let thread = thread.map_err(|why| gone(&why.to_string()))?;
        Ok(Narrator { orders: Some(orders), open, practised, thread: Some(thread) })
    }

    /// Begins to say texts; their pieces come out of what is given back, which is closed behind the last one. Whoever drops it
    /// ends the saying.
    ///
    /// # Errors
    /// When the thread is gone.
    pub fn say(&self, texts: Vec<String>, lang: Lang) -> Result<Receiver<Result<Pcm, SpeechError>>, SpeechError> {
        let (tell, pieces) = channel();
        match self.order(Order::Say(texts, lang, tell)) {
            true => Ok(pieces),
            false => Err(gone("its thread ended")),
        }
    }

    /// Makes texts piece by piece, until something else is to be done, so that they are there if they come to be said. The
    /// newest such wish is all that counts.
    pub fn foresee(&self, texts: Vec<String>, lang: Lang) {
        self.order(Order::Foresee(texts, lang));
    }

    /// Makes, if there is nothing else to do, one of the things that are said often; false if it has them all.
    pub fn practise(&self) -> bool {
        let more = !self.practised.load(Ordering::Relaxed);
        if more && !self.is_busy() {
            self.order(Order::Practise);
        }
        more
    }

    /// Whether something is being made, or waits to be.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        self.open.load(Ordering::Relaxed) > 0
    }

    /// Forgets what was said lately, but for what is said often.
    pub fn forget(&self) {
        self.order(Order::Forget);
    }

    /// False if there is nobody any more to carry it out.
    fn order(&self, order: Order) -> bool {
        self.open.fetch_add(1, Ordering::Relaxed);
        self.orders.as_ref().is_some_and(|orders| orders.send(order).is_ok())
    }
}

impl Drop for Narrator {
    /// Waits for what it is just making: nothing of the voice may run on while the program ends.
    fn drop(&mut self) {
        self.orders = None;
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

fn carry_out(voice: &mut dyn Synthesizer, order: Order, left: &AtomicUsize) {
    match order {
        Order::Say(texts, lang, tell) => {
            for text in texts.iter().filter(|text| !text.trim().is_empty()) {
                let mut rate = None;
                let mut wanted = true;
                let said = voice.stream(text, lang, &mut |sound| {
                    rate = Some(sound.rate);
                    wanted = tell.send(Ok(sound)).is_ok();
                    wanted
                });
                let gap = rate.map(|rate| Pcm::silence(TEXT_GAP_MS, rate));
                let told = match (said, gap) {
                    (Err(why), _) => tell.send(Err(why)).is_ok(),
                    (Ok(()), Some(gap)) => tell.send(Ok(gap)).is_ok(),
                    (Ok(()), None) => true,
                };
                if !wanted || !told {
                    return;
                }
            }
        }
        // Whatever goes wrong here goes wrong again when it is said, and is told then.
        Order::Foresee(texts, lang) => {
            let alone = || left.load(Ordering::Relaxed) <= 1;
            for text in texts {
                if alone()
                    && let Err(why) = voice.stream(&text, lang, &mut |_| alone())
                {
                    tracing::debug!("could not be foreseen: {why}");
                }
            }
        }
        Order::Practise => {}
        Order::Forget => voice.forget(),
    }
}

fn gone(why: &str) -> SpeechError {
    SpeechError::Voice {
        voice: "in the background".to_owned(),
        why: why.to_owned(),
        hint: "Start Sayso again.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Mutex, PoisonError};

    /// Gives one sample for each letter, word by word, and notes what it was asked.
    struct Scripted {
        asked: Arc<Mutex<Vec<String>>>,
        let_go: Receiver<()>,
    }

    impl Scripted {
        fn note(&self, what: &str) {
            self.asked.lock().unwrap_or_else(PoisonError::into_inner).push(what.to_owned());
        }
    }

    impl Synthesizer for Scripted {
        fn name(&self) -> &str {
            "scripted"
        }

        fn synthesize(&mut self, text: &str, _: Lang) -> Result<Pcm, SpeechError> {
            if text == "fails" {
                return Err(gone("it fails"));
            }
            self.note(text);
            self.let_go.recv().map_err(|why| gone(&why.to_string()))?;
            Ok(Pcm::new(vec![0.5; text.len()], 1_000))
        }

        fn stream(&mut self, text: &str, lang: Lang, each: &mut dyn FnMut(Pcm) -> bool) -> Result<(), SpeechError> {
            for word in text.split(' ') {
                if !each(self.synthesize(word, lang)?) {
                    break;
                }
            }
            Ok(())
        }

        fn practise(&mut self) -> bool {
            self.note("(practises)");
            self.asked.lock().unwrap_or_else(PoisonError::into_inner).len() < 2
        }
    }

    fn narrator() -> (Narrator, Arc<Mutex<Vec<String>>>, Sender<()>) {
        let (go, let_go) = channel();
        let asked = Arc::new(Mutex::new(Vec::new()));
        (Narrator::start(Box::new(Scripted { asked: Arc::clone(&asked), let_go })).unwrap(), asked, go)
    }

    fn lengths(pieces: &Receiver<Result<Pcm, SpeechError>>) -> Vec<usize> {
        pieces.iter().map(|piece| piece.map_or(0, |sound| sound.samples.len())).collect()
    }

    #[test]
    fn texts_come_piece_by_piece_with_silence_behind_each() {
        let (narrator, _, go) = narrator();
        (0..3).for_each(|_| go.send(()).unwrap());
        let pieces = narrator.say(vec!["ab cde".to_owned(), " ".to_owned(), "f".to_owned()], Lang::En).unwrap();
        assert_eq!(lengths(&pieces), [2, 3, 200, 1, 200]);
        let pieces = narrator.say(vec!["fails".to_owned()], Lang::En).unwrap();
        assert!(matches!(pieces.recv(), Ok(Err(_))), "a failure is told");
        assert!(pieces.recv().is_err(), "and is the end");
    }

    #[test]
    fn whoever_hears_no_more_ends_it() {
        let (narrator, asked, go) = narrator();
        let pieces = narrator.say(vec!["one two three".to_owned()], Lang::En).unwrap();
        go.send(()).unwrap();
        assert!(pieces.recv().unwrap().is_ok());
        drop(pieces);
        (0..5).for_each(|_| go.send(()).unwrap());
        drop(narrator);
        let asked = asked.lock().unwrap();
        assert!(asked.len() <= 2, "{asked:?}");
    }

    #[test]
    fn only_the_newest_of_what_is_foreseen_is_made_and_only_until_there_is_something_to_say() {
        let (narrator, asked, go) = narrator();
        narrator.foresee(vec!["first of".to_owned()], Lang::En);
        while asked.lock().unwrap().is_empty() {
            std::thread::yield_now();
        }
        narrator.practise();
        narrator.foresee(vec!["second of".to_owned()], Lang::En);
        narrator.foresee(vec!["third of".to_owned()], Lang::En);
        let pieces = narrator.say(vec!["said".to_owned()], Lang::En).unwrap();
        (0..9).for_each(|_| go.send(()).unwrap());
        assert_eq!(lengths(&pieces), [4, 200]);
        drop(narrator);
        assert_eq!(*asked.lock().unwrap(), ["first", "said"], "nothing is practised while there is something to do");
    }

    #[test]
    fn what_is_foreseen_is_made_to_its_end_while_nothing_else_is_wanted() {
        let (narrator, asked, go) = narrator();
        narrator.foresee(vec!["a b".to_owned(), "c".to_owned()], Lang::En);
        (0..3).for_each(|_| go.send(()).unwrap());
        while asked.lock().unwrap().len() < 3 {
            std::thread::yield_now();
        }
        drop(narrator);
        assert_eq!(*asked.lock().unwrap(), ["a", "b", "c"]);
    }

    #[test]
    fn who_has_nothing_to_do_practises() {
        let (narrator, asked, _go) = narrator();
        while narrator.practise() || narrator.is_busy() {
            std::thread::yield_now();
        }
        drop(narrator);
        assert_eq!(*asked.lock().unwrap(), ["(practises)", "(practises)"]);
    }
}
