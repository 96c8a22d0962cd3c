//! How a turn of the person is taken in: frames of a microphone, looks at its pauses, and the recogniser in the background.

use super::super::failure::Failure;
use super::super::listening::{Knowing, speech_failure, taken_in};
use super::{Mouth, Trouble};
use crate::audio::{Capture, FRAME_MS, FrameSource};
use crate::config::{Pauses, SpeechSettings};
use crate::speech::{
    Alone, Background, Glance, Heard as Recognised, Hint, Lean, Moment, Narrator, Patience, TurnTaker, Utterance,
};
use crate::turn::{Assistant, Conversation, Foreseen, Heard};
use std::cell::OnceCell;
use std::io::BufRead as _;
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::time::Instant;

/// After so much silence the person is asked again, if something was asked. Milliseconds.
const NO_INPUT_MS: u32 = 10_000;
/// After so much silence there is time for something else. Milliseconds.
const IDLE_MS: u32 = 2_000;
/// After so much silence the loudspeaker rests: longer than it takes to ask again. Milliseconds.
const REST_MS: u32 = NO_INPUT_MS + 250;

/// What is listened for.
#[derive(Clone, Copy)]
pub struct Scene<'a> {
    /// Who is spoken to.
    pub assistant: &'a Assistant,
    /// What was said before.
    pub conversation: &'a Conversation,
    /// What the recogniser is told.
    pub knowing: &'a Knowing,
}

impl Scene<'_> {
    fn hint(&self) -> Hint {
        self.knowing.hint((self.assistant, self.conversation))
    }
}

/// How a turn of the person is taken in.
pub struct Listener {
    source: Box<dyn FrameSource>,
    taker: TurnTaker,
    ears: Background,
    /// Lines from the keyboard, in push-to-talk.
    enter: Option<Receiver<()>>,
    /// Whether the microphone hears Sayso itself.
    alone: Alone,
}

/// What one turn of listening brought.
pub enum Taken {
    /// Somebody spoke, or made a noise, which is empty.
    Speech(Heard),
    /// Nobody spoke for a while, or Enter was pressed without a word.
    Silence,
    /// There is nobody at the keyboard any more.
    KeyboardClosed,
}

impl Listener {
    /// Listens to `source` with these ears; turns end by pauses, or with `push_to_talk` by Enter alone.
    pub fn open(source: Box<dyn FrameSource>, ears: Background, speech: &SpeechSettings, push_to_talk: bool) -> Self {
        let taker = match push_to_talk {
            true => TurnTaker::by_hand(),
            false => TurnTaker::by_pauses(patience(speech.pauses), speech.speculation),
        };
        let enter = push_to_talk.then(|| {
            let (send, enter) = channel();
            std::thread::spawn(move || {
                let lines = std::io::stdin().lock().lines().map_while(Result::ok);
                lines.map(|_| send.send(())).take_while(Result::is_ok).for_each(drop);
            });
            enter
        });
        Listener { source, taker, ears, enter, alone: Alone::default() }
    }

    /// Listens to another microphone from now on.
    pub fn listen_to(&mut self, source: Box<dyn FrameSource>) {
        self.source = source;
        self.alone = Alone::default();
    }

    /// It heard Sayso itself after all, or may from now on.
    pub fn doubts(&mut self) {
        self.alone = Alone::default();
    }

    /// Whether it is known that this microphone does not hear Sayso itself: then whoever is heard while it speaks is somebody.
    pub fn tells_voices_apart(&self) -> bool {
        self.alone.is_known()
    }

    /// Forgets what came in while nobody listened.
    pub fn forget(&mut self) {
        self.source.forget();
        self.taker.forget();
    }

    /// Listens until somebody has spoken, or for a while nobody has although they were asked something. What is recognised
    /// before it is known that the turn is over is answered by `mouth`, in case it is all. Where turns end by pauses, it rests while
    /// nobody speaks for long.
    pub fn take(&mut self, scene: Scene<'_>, mut mouth: Option<&mut Mouth>) -> Result<Taken, Trouble> {
        let asked = scene.conversation.awaiting().is_some();
        let awaited = scene.knowing.awaited((scene.assistant, scene.conversation));
        let mut quiet_ms = 0;
        // What is known is looked up once for each turn, and only once somebody speaks: until then hours may pass.
        let known = OnceCell::new();
        let hint = || known.get_or_init(|| scene.hint());
        self.taker.begin(awaited);
        tracing::debug!("listens for {awaited:?}");
        while let Some(frame) = self.source.next_frame().map_err(Trouble::Lost)? {
            let voice = mouth.as_deref().and_then(Mouth::narrator);
            self.news(&hint, scene, voice);
            let words = self.source.words().unwrap_or(&frame);
            match self.taker.push(Capture { voice: &frame, words }) {
                Moment::Pause(glance, utterance) => self.ears.begin(glance, utterance, hint().clone()),
                Moment::Over(seen, utterance) => return Ok(Taken::Speech(self.recognise(seen, utterance, hint())?)),
                Moment::Listening if !self.taker.is_glanced_at() => {
                    self.ears.give_up();
                    // What is recognised next needs all the processor there is.
                    voice.filter(|_| self.taker.is_speech()).map(Narrator::hurry);
                }
                Moment::Listening => {}
            }
            match self.enter.as_ref().map(Receiver::try_recv) {
                Some(Ok(())) => {
                    let utterance = self.taker.finish();
                    let heard = utterance.map(|utterance| self.recognise(None, utterance, hint())).transpose()?;
                    return Ok(heard.map_or(Taken::Silence, Taken::Speech));
                }
                Some(Err(TryRecvError::Disconnected)) => return Ok(Taken::KeyboardClosed),
                Some(Err(TryRecvError::Empty)) => continue,
                None => {}
            }
            quiet_ms = if self.taker.is_speech() { 0 } else { quiet_ms + FRAME_MS };
            if quiet_ms == 0 && mouth.as_deref_mut().is_some_and(Mouth::wake) {
                self.doubts();
            }
            if quiet_ms >= REST_MS {
                mouth.as_deref_mut().into_iter().for_each(Mouth::rest);
            }
            if asked && quiet_ms >= NO_INPUT_MS {
                return Ok(Taken::Silence);
            }
            if quiet_ms >= IDLE_MS && quiet_ms.is_multiple_of(16 * FRAME_MS) {
                mouth.as_deref().and_then(Mouth::narrator).map(Narrator::practise);
            }
        }
        Err(Failure::failed("the microphone gives no sound any more").into())
    }

    /// The next frame, while Sayso itself speaks, which can be `heard` or is on its way; true as soon as somebody interrupts. Nobody does
    /// before it is known that the microphone does not hear Sayso itself.
    pub fn overhears(&mut self, heard: bool) -> Result<bool, Trouble> {
        let Some(frame) = self.source.next_frame().map_err(Trouble::Lost)? else { return Ok(false) };
        let words = self.source.words().unwrap_or(&frame);
        let interrupts = self.taker.overhear(Capture { voice: &frame, words });
        if self.tells_voices_apart() {
            return Ok(interrupts);
        }
        self.alone.frame(heard, self.taker.is_speech());
        if self.tells_voices_apart() {
            tracing::debug!("does not hear itself: whoever speaks interrupts it");
        }
        Ok(false)
    }

    /// What the latest news of the recogniser say: whether more will come, and what would be answered.
    fn news<'h>(&mut self, hint: &dyn Fn() -> &'h Hint, scene: Scene<'_>, voice: Option<&Narrator>) {
        let Some((glance, Ok(recognised))) = self.ears.news() else { return };
        let Recognised::Words(words) = recognised else { return };
        let expect = hint().expect.as_ref();
        let mut lean = expect.map_or(Lean::Neutral, |expect| expect.lean(&words.text, words.lang));
        let heard = || taken_in(recognised.clone(), Instant::now());
        let foreseen = match lean {
            Lean::Unfinished => None,
            _ => scene.assistant.foresee(scene.conversation, &heard()),
        };
        if lean == Lean::Neutral && foreseen.as_ref().is_some_and(|foreseen| foreseen.closed) {
            lean = Lean::Closed;
        }
        tracing::debug!("so far {lean:?}");
        if self.taker.learned(glance, lean)
            && let Some((voice, Foreseen { lang, texts, .. })) = voice.zip(foreseen)
        {
            voice.foresee(texts, lang);
        }
    }

    /// What an utterance was, which a glance at it may have found out already.
    fn recognise(&mut self, seen: Option<Glance>, utterance: Utterance, hint: &Hint) -> Result<Heard, Failure> {
        let started = Instant::now();
        let glance = seen.unwrap_or_else(|| {
            let glance = self.taker.number();
            self.ears.begin(glance, utterance, hint.clone());
            glance
        });
        Ok(taken_in(self.ears.wait(glance).map_err(speech_failure)?, started))
    }
}

/// The pauses of the configuration, as ears keep to them.
fn patience(pauses: Pauses) -> Patience {
    let Pauses { usual_ms, yes_no_ms, dictation_ms, unfinished_ms, closed_ms } = pauses;
    Patience { usual_ms, yes_no_ms, dictation_ms, unfinished_ms, closed_ms }
}
