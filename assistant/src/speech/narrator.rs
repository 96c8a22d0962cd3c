//! A voice on a thread of its own: it makes sound while somebody is listened to, and makes ready what may be said next.

use super::error::SpeechError;
use super::narration::{Narration, Pieces};
use super::synthesizer::Synthesizer;
use crate::audio::Pcm;
use crate::lang::Lang;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

/// The silence behind each text of a turn. Milliseconds.
const TEXT_GAP_MS: u64 = 200;

/// What a voice is to do.
enum Order {
    /// Make texts one after the other, piece by piece.
    Make(Arc<Narration>),
    /// Make one of the things that are said often and were never said yet.
    Practise,
    /// Forget what was said lately.
    Forget,
}

/// What is known on both sides.
#[derive(Default)]
struct Shared {
    /// How many orders are not done yet.
    open: AtomicUsize,
    /// Nothing is left to be practised.
    practised: AtomicBool,
    /// How often there was no time for what nobody waits for.
    hurries: AtomicU64,
}

impl Shared {
    /// Whether what is being done is the last thing that there is to do.
    fn is_last(&self) -> bool {
        self.open.load(Ordering::Relaxed) <= 1
    }
}

/// A voice that works in the background, on one thing after the other.
pub struct Narrator {
    orders: Option<Sender<Order>>,
    shared: Arc<Shared>,
    /// What was foreseen last.
    foreseen: Mutex<Option<Arc<Narration>>>,
    thread: Option<JoinHandle<()>>,
}

impl Narrator {
    /// Starts the thread, which lives as long as this.
    ///
    /// # Errors
    /// When the system has no thread to give.
    pub fn start(mut voice: Box<dyn Synthesizer>) -> Result<Self, SpeechError> {
        let (orders, to_do) = channel::<Order>();
        let shared = Arc::new(Shared::default());
        let known = Arc::clone(&shared);
        let work = move || {
            while let Ok(order) = to_do.recv() {
                match order {
                    Order::Make(narration) => make(voice.as_mut(), &narration, &known),
                    Order::Practise => practise(voice.as_mut(), &known),
                    Order::Forget => voice.forget(),
                }
                // While the first words are heard there is time for it.
                if known.is_last() {
                    voice.warm_up();
                }
                known.open.fetch_sub(1, Ordering::Relaxed);
            }
        };
        let thread = std::thread::Builder::new().name("voice".to_owned()).spawn(work);
        let thread = thread.map_err(|why| gone(&why.to_string()))?;
        Ok(Narrator { orders: Some(orders), shared, foreseen: Mutex::new(None), thread: Some(thread) })
    }

    /// Begins to say texts; what was made of them beforehand is there at once. Whoever drops what is given back ends the saying.
    ///
    /// # Errors
    /// When the thread is gone.
    pub fn say(&self, texts: Vec<String>, lang: Lang) -> Result<Pieces, SpeechError> {
        let foreseen = self.take_foreseen().filter(|narration| narration.offers(&texts, lang));
        if let Some(pieces) = foreseen.and_then(|narration| narration.listen()) {
            return Ok(pieces);
        }
        let narration = Arc::new(Narration::new(texts, lang));
        let pieces = narration.listen();
        pieces.filter(|_| self.order(Order::Make(narration))).ok_or_else(|| gone("its thread ended"))
    }

    /// Makes texts piece by piece, until something else is to be done, so that they are there if they come to be said. The
    /// newest such wish is all that counts.
    pub fn foresee(&self, texts: Vec<String>, lang: Lang) {
        let mut foreseen = self.foreseen.lock().unwrap_or_else(PoisonError::into_inner);
        if foreseen.as_ref().is_some_and(|narration| narration.offers(&texts, lang)) {
            return;
        }
        let narration = Arc::new(Narration::new(texts, lang));
        if let Some(other) = foreseen.replace(Arc::clone(&narration)) {
            other.give_up();
        }
        self.order(Order::Make(narration));
    }

    /// There is no time for what nobody waits for: gives up what was foreseen, and whatever is being practised.
    pub fn hurry(&self) {
        self.shared.hurries.fetch_add(1, Ordering::Relaxed);
        if let Some(foreseen) = self.take_foreseen() {
            foreseen.give_up();
        }
    }

    fn take_foreseen(&self) -> Option<Arc<Narration>> {
        self.foreseen.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Makes, if there is nothing else to do, one of the things that are said often; false if it has them all.
    pub fn practise(&self) -> bool {
        let more = !self.shared.practised.load(Ordering::Relaxed);
        if more && !self.is_busy() {
            self.order(Order::Practise);
        }
        more
    }

    /// Whether something is being made, or waits to be.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        self.shared.open.load(Ordering::Relaxed) > 0
    }

    /// Forgets what was said lately, but for what is said often.
    pub fn forget(&self) {
        self.hurry();
        self.order(Order::Forget);
    }

    /// False if there is nobody any more to carry it out.
    fn order(&self, order: Order) -> bool {
        self.shared.open.fetch_add(1, Ordering::Relaxed);
        self.orders.as_ref().is_some_and(|orders| orders.send(order).is_ok())
    }
}

impl Drop for Narrator {
    /// Waits until it has left off: nothing of the voice may run on while the program ends.
    fn drop(&mut self) {
        self.hurry();
        self.orders = None;
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

/// Makes what is said, as long as somebody wants it.
fn make(voice: &mut dyn Synthesizer, narration: &Narration, shared: &Shared) {
    let is_wanted = || narration.is_wanted(shared.is_last());
    for text in narration.texts.iter().filter(|text| !text.trim().is_empty()) {
        let mut rate = None;
        let said = voice.stream(text, narration.lang, &is_wanted, &mut |sound| {
            rate = Some(sound.rate);
            narration.give(Ok(sound))
        });
        if !is_wanted() {
            return;
        }
        match (said, rate) {
            (Err(why), _) => drop(narration.give(Err(why))),
            (Ok(()), Some(rate)) => drop(narration.give(Ok(Pcm::silence(TEXT_GAP_MS, rate)))),
            (Ok(()), None) => {}
        }
    }
    narration.finish();
}

/// Practises one thing, as long as there is nothing else to do.
fn practise(voice: &mut dyn Synthesizer, shared: &Shared) {
    let hurries = || shared.hurries.load(Ordering::Relaxed);
    let before = hurries();
    let more = voice.practise(&|| shared.is_last() && hurries() == before);
    shared.practised.store(!more, Ordering::Relaxed);
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
    use std::sync::mpsc::Receiver;

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

        fn stream(
            &mut self,
            text: &str,
            lang: Lang,
            is_wanted: &dyn Fn() -> bool,
            each: &mut dyn FnMut(Pcm) -> bool,
        ) -> Result<(), SpeechError> {
            for word in text.split(' ') {
                if !is_wanted() || !each(self.synthesize(word, lang)?) {
                    break;
                }
            }
            Ok(())
        }

        fn practise(&mut self, is_wanted: &dyn Fn() -> bool) -> bool {
            if !is_wanted() {
                return true;
            }
            self.note("(practises)");
            self.asked.lock().unwrap_or_else(PoisonError::into_inner).len() < 2
        }
    }

    fn narrator() -> (Narrator, Arc<Mutex<Vec<String>>>, Sender<()>) {
        let (go, let_go) = channel();
        let asked = Arc::new(Mutex::new(Vec::new()));
        (Narrator::start(Box::new(Scripted { asked: Arc::clone(&asked), let_go })).unwrap(), asked, go)
    }

    fn lengths(pieces: Pieces) -> Vec<usize> {
        pieces.map(|piece| piece.map_or(0, |sound| sound.samples.len())).collect()
    }

    #[test]
    fn texts_come_piece_by_piece_with_silence_behind_each() {
        let (narrator, _, go) = narrator();
        (0..3).for_each(|_| go.send(()).unwrap());
        let pieces = narrator.say(vec!["ab cde".to_owned(), " ".to_owned(), "f".to_owned()], Lang::En).unwrap();
        assert_eq!(lengths(pieces), [2, 3, 200, 1, 200]);
        let mut pieces = narrator.say(vec!["fails".to_owned()], Lang::En).unwrap();
        assert!(matches!(pieces.next(), Some(Err(_))), "a failure is told");
        assert!(pieces.next().is_none(), "and is the end");
    }

    #[test]
    fn whoever_hears_no_more_ends_it() {
        let (narrator, asked, go) = narrator();
        let mut pieces = narrator.say(vec!["one two three".to_owned()], Lang::En).unwrap();
        go.send(()).unwrap();
        assert!(pieces.next().unwrap().is_ok());
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
        assert_eq!(lengths(pieces), [4, 200]);
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
    fn what_was_foreseen_and_is_said_is_heard_from_what_is_made_and_goes_on() {
        let (narrator, asked, go) = narrator();
        let texts = || vec!["ab cde".to_owned(), "f".to_owned()];
        narrator.foresee(texts(), Lang::En);
        go.send(()).unwrap();
        while asked.lock().unwrap().len() < 2 {
            std::thread::yield_now();
        }
        // The second word is in the making.
        let mut pieces = narrator.say(texts(), Lang::En).unwrap();
        assert_eq!(pieces.next().unwrap().unwrap().samples.len(), 2, "without a wait for it");
        (0..2).for_each(|_| go.send(()).unwrap());
        assert_eq!(lengths(pieces), [3, 200, 1, 200]);
        drop(narrator);
        assert_eq!(*asked.lock().unwrap(), ["ab", "cde", "f"], "nothing twice");
    }

    #[test]
    fn in_a_hurry_nothing_is_foreseen() {
        let (narrator, asked, go) = narrator();
        narrator.foresee(vec!["a b".to_owned()], Lang::En);
        while asked.lock().unwrap().is_empty() {
            std::thread::yield_now();
        }
        narrator.hurry();
        go.send(()).unwrap();
        while narrator.is_busy() {
            std::thread::yield_now();
        }
        (0..2).for_each(|_| go.send(()).unwrap());
        assert_eq!(lengths(narrator.say(vec!["a b".to_owned()], Lang::En).unwrap()), [1, 1, 200]);
        drop(narrator);
        assert_eq!(*asked.lock().unwrap(), ["a", "a", "b"]);
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
