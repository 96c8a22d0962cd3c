//! The voices that a desktop already has, through the `tts` crate. They play aloud and give no samples.

use super::error::SpeechError;
use super::marks;
use super::synthesizer::SpeaksAloud;
use crate::lang::Lang;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};
use tts::Tts;

const HINT: &str =
    "On Linux: apt install speech-dispatcher speech-dispatcher-espeak-ng. Or set the voice to `espeak-ng` or `none`.";
/// The longest that connecting may take.
const CONNECT: Duration = Duration::from_secs(10);
/// What a sentence may take besides its characters.
const PATIENCE: Duration = Duration::from_secs(3);
/// The longest that a character may take: of a slow English voice, of a slow Chinese one.
const CHARACTER_MS: [u64; 2] = [160, 500];
/// How often the desktop is asked whether it is still speaking.
const POLL: Duration = Duration::from_millis(30);
/// A desktop needs a moment before it says that it is speaking.
const WAKE_UP: Duration = Duration::from_millis(400);

enum Order {
    Say(String, Lang),
    Stop,
}

/// The desktop's voice. The `tts` crate's handle can't move between threads, so it lives on one of its own.
pub struct DesktopVoice {
    orders: Sender<Order>,
    answers: Receiver<Result<(), String>>,
    /// It did not answer once. Its later answers would be taken for those to other questions.
    lost: bool,
}

impl DesktopVoice {
    /// Connects to the desktop's speech system.
    ///
    /// # Errors
    /// A sentence when there is none.
    pub fn open() -> Result<Self, SpeechError> {
        let (orders, inbox) = channel();
        let (outbox, answers) = channel();
        std::thread::spawn(move || serve(&inbox, &outbox));
        let mut voice = Self { orders, answers, lost: false };
        voice.answer(CONNECT)?;
        Ok(voice)
    }

    fn answer(&mut self, within: Duration) -> Result<(), SpeechError> {
        let answer = if self.lost { None } else { self.answers.recv_timeout(within).ok() };
        self.lost = answer.is_none();
        answer.unwrap_or_else(|| Err("it does not answer".to_owned())).map_err(failure)
    }
}

impl SpeaksAloud for DesktopVoice {
    fn name(&self) -> &str {
        "system"
    }

    fn say(&mut self, text: &str, lang: Lang) -> Result<(), SpeechError> {
        let text = marks::plain(text, lang);
        let longest = longest(&text, lang);
        self.orders.send(Order::Say(text, lang)).map_err(|_| failure("it has ended".to_owned()))?;
        self.answer(longest + PATIENCE)
    }

    fn stop(&mut self) {
        // If it has ended there is nothing to stop.
        let _ = self.orders.send(Order::Stop);
    }
}

/// The longest that saying a text may take.
fn longest(text: &str, lang: Lang) -> Duration {
    let [english, chinese] = CHARACTER_MS;
    let each = if lang == Lang::Zh { chinese } else { english };
    PATIENCE + Duration::from_millis(each.saturating_mul(text.chars().count() as u64))
}

fn failure(why: String) -> SpeechError {
    SpeechError::Voice { voice: "of the desktop".to_owned(), why, hint: HINT.to_owned() }
}

/// The life of the thread that holds the handle: one answer when it is ready, one after each `Say`.
fn serve(inbox: &Receiver<Order>, outbox: &Sender<Result<(), String>>) {
    let mut tts = match Tts::default() {
        Ok(tts) => tts,
        Err(error) => {
            let _ = outbox.send(Err(error.to_string()));
            return;
        }
    };
    if outbox.send(Ok(())).is_err() {
        return;
    }
    while let Ok(order) = inbox.recv() {
        if let Order::Say(text, lang) = order
            && outbox.send(say(&mut tts, inbox, &text, lang)).is_err()
        {
            return;
        }
    }
}

/// Says a text and waits for its end, or for an order to stop.
fn say(tts: &mut Tts, inbox: &Receiver<Order>, text: &str, lang: Lang) -> Result<(), String> {
    choose_voice(tts, lang);
    tts.speak(text, true).map_err(|error| error.to_string())?;
    let started = Instant::now();
    let longest = longest(text, lang);
    while started.elapsed() < longest {
        if matches!(inbox.recv_timeout(POLL), Ok(Order::Stop)) {
            return tts.stop().map(|_| ()).map_err(|error| error.to_string());
        }
        let speaking = tts.is_speaking().map_err(|error| error.to_string())?;
        if !speaking && started.elapsed() > WAKE_UP {
            return Ok(());
        }
    }
    // If it can't be stopped either, there is nothing more to be done.
    let _ = tts.stop();
    Err(format!("it had not finished after {} s", longest.as_secs()))
}

/// Takes the first voice of the language. Without one the desktop's own choice stands: better heard than silent.
fn choose_voice(tts: &mut Tts, lang: Lang) {
    let prefixes: &[&str] = match lang {
        Lang::En => &["en"],
        Lang::Zh => &["zh", "cmn"],
    };
    let voices = tts.voices().unwrap_or_default();
    let fits = |voice: &&tts::Voice| prefixes.contains(&voice.language().primary_language());
    if let Some(voice) = voices.iter().find(fits) {
        let _ = tts.set_voice(voice);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_get_more_time() {
        assert_eq!(longest("", Lang::En), PATIENCE);
        assert_eq!(longest("四十二元", Lang::Zh), PATIENCE + Duration::from_secs(2));
        assert!(longest(&"word ".repeat(50), Lang::En) > Duration::from_secs(30));
    }

    #[test]
    fn a_desktop_that_does_not_answer_is_given_up() {
        let (orders, _inbox) = channel();
        let (_outbox, answers) = channel();
        let mut voice = DesktopVoice { orders, answers, lost: false };
        let error = voice.answer(Duration::from_millis(1)).unwrap_err().to_string();
        assert!(error.contains("does not answer") && error.contains("speech-dispatcher"), "{error}");
        assert!(voice.lost);
        assert!(voice.say("x", Lang::En).is_err(), "at once, without waiting again");
    }
}
