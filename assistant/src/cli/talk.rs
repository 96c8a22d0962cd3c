//! `sayso talk`: a conversation with microphone and loudspeaker. A turn ends by a pause, as long as what is waited for and
//! what was said make it, or with Enter.

use super::ending::Ending;
use super::failure::Failure;
use super::listening::{Ears, speech_failure, taken_in};
use super::out::{Out, remark};
use super::qr::Codes;
use super::show;
use crate::audio::{AudioError, FRAME_MS, FrameSource as _, Microphone, Pcm, SAMPLE_RATE, Speaker};
use crate::config::{Pauses, SpeechSettings};
use crate::speech::{
    Awaited, Background, Glance, Heard as Recognised, Hint, Lean, Moment, Patience, TurnTaker, Utterance, Voice,
};
use crate::turn::{Assistant, Conversation, Heard, Turn};
use std::cell::OnceCell;
use std::io::BufRead as _;
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::time::Instant;
use tokio::task::block_in_place;

/// After so much silence the person is asked again, if something was asked. Milliseconds.
const NO_INPUT_MS: u32 = 10_000;
/// The silence behind each text of a turn. Milliseconds.
const TEXT_GAP_MS: u64 = 200;

/// What a conversation aloud needs: a voice and, for voices that yield samples, a loudspeaker.
struct Mouth {
    voice: Voice,
    speaker: Option<Speaker>,
}

/// How a turn of the person is taken in.
struct Listener {
    microphone: Microphone,
    taker: TurnTaker,
    ears: Background,
    /// Lines from the keyboard, in push-to-talk.
    enter: Option<Receiver<()>>,
}

/// What one turn of listening brought.
enum Taken {
    Speech(Heard),
    Silence,
    KeyboardClosed,
}

/// Fails early where there is no microphone, before models are loaded.
pub fn check_devices() -> Result<(), Failure> {
    Microphone::open(None).map(drop).map_err(no_device)
}

/// Converses until interrupted, or until the keyboard is closed in push-to-talk.
pub async fn run(
    assistant: &Assistant,
    ears: Ears,
    mut conversation: Conversation,
    (voice, speech): (Voice, &SpeechSettings),
    (push_to_talk, codes): (bool, Codes),
    out: Out,
) -> Result<(), Failure> {
    let mut mouth = Mouth::open(voice)?;
    let (ears, knowing) = ears.in_background()?;
    let mut listener = Listener::open(push_to_talk, ears, speech)?;
    remark(&format!("listening to {}; Ctrl-C ends", listener.microphone.name()));
    let greeting = assistant.greet(&mut conversation).await;
    let mut ending = Ending::default();
    block_in_place(|| answer(&mut mouth, &greeting, out))?;
    loop {
        listener.microphone.forget();
        if push_to_talk {
            remark("speak, then press Enter");
        }
        let about = (assistant, &conversation);
        let asked = conversation.awaiting().is_some();
        let taken = block_in_place(|| listener.take(asked, knowing.awaited(about), &|| knowing.hint(about)))?;
        let heard = match taken {
            Taken::Speech(heard) => heard,
            Taken::Silence => Heard::default(),
            Taken::KeyboardClosed => return ending.result(),
        };
        // A noise that was no words is nothing to answer, unless the person was asked something.
        if heard.text.is_empty() && conversation.awaiting().is_none() {
            continue;
        }
        let mut turn = assistant.turn(&mut conversation, heard).await;
        codes.tell(&mut turn);
        ending.saw(&turn);
        codes.show_turn(&turn, out)?;
        block_in_place(|| answer(&mut mouth, &turn, out))?;
    }
}

fn answer(mouth: &mut Mouth, turn: &Turn, out: Out) -> Result<(), Failure> {
    out.result(turn, || show::turn(turn))?;
    mouth.say(turn)
}

impl Mouth {
    fn open(voice: Voice) -> Result<Self, Failure> {
        let speaker = match voice {
            Voice::Samples(_) => Some(Speaker::open(None).map_err(no_device)?),
            Voice::Aloud(_) | Voice::Silent => None,
        };
        Ok(Mouth { voice, speaker })
    }

    /// Says all texts of a turn: what is made first is heard while the rest is being made.
    fn say(&mut self, turn: &Turn) -> Result<(), Failure> {
        let texts = turn.spoken.iter().filter(|text| !text.trim().is_empty());
        match (&mut self.voice, &self.speaker) {
            (Voice::Samples(voice), Some(speaker)) => {
                for text in texts {
                    let mut broken = None;
                    let said = voice.stream(text, turn.lang, &mut |sound| {
                        broken = speaker.start(&sound).err();
                        broken.is_none()
                    });
                    said.map_err(speech_failure)?;
                    let gap = Pcm::silence(TEXT_GAP_MS, SAMPLE_RATE);
                    broken.map_or_else(|| speaker.start(&gap), Err).map_err(no_device)?;
                }
                speaker.wait().map_err(no_device)
            }
            (Voice::Aloud(voice), _) => {
                texts.into_iter().try_for_each(|text| voice.say(text, turn.lang)).map_err(speech_failure)
            }
            _ => Ok(()),
        }
    }
}

impl Listener {
    fn open(push_to_talk: bool, ears: Background, speech: &SpeechSettings) -> Result<Self, Failure> {
        let microphone = Microphone::open(None).map_err(no_device)?;
        // In push-to-talk a pause does not end the turn: Enter does.
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
        Ok(Listener { microphone, taker, ears, enter })
    }

    /// Listens until somebody has spoken, or for a while nobody has although they were `asked`. `hint` says what is known
    /// about what they say, when they do.
    fn take(&mut self, asked: bool, awaited: Awaited, hint: &dyn Fn() -> Hint) -> Result<Taken, Failure> {
        let mut quiet_ms = 0;
        // What is known is looked up once for each turn, and only once somebody speaks: until then hours may pass.
        let known = OnceCell::new();
        let hint = || known.get_or_init(hint);
        self.taker.begin(awaited);
        while let Some(frame) = self.microphone.next_frame().map_err(no_device)? {
            if let Some((glance, lean)) = self.leaning(&hint) {
                self.taker.learned(glance, lean);
            }
            match self.taker.push(&frame) {
                Moment::Pause(glance, utterance) => self.ears.begin(glance, utterance, hint().clone()),
                Moment::Over(seen, utterance) => return self.recognise(seen, utterance, hint()).map(Taken::Speech),
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
            if asked && quiet_ms >= NO_INPUT_MS {
                return Ok(Taken::Silence);
            }
        }
        Err(Failure::failed("the microphone gives no sound any more"))
    }

    /// What the latest news of the recogniser say about whether more will come.
    fn leaning<'h>(&mut self, hint: &dyn Fn() -> &'h Hint) -> Option<(Glance, Lean)> {
        let (glance, heard) = self.ears.news()?;
        let Ok(Recognised::Words(words)) = heard else { return None };
        let expect = hint().expect.as_ref()?;
        Some((glance, expect.lean(&words.text, words.lang)))
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
    let Pauses { usual_ms, yes_no_ms, dictation_ms, unfinished_ms } = pauses;
    Patience { usual_ms, yes_no_ms, dictation_ms, unfinished_ms }
}

/// No device, or a lost one: says so, and how to go on without.
fn no_device(wrong: AudioError) -> Failure {
    Failure::usage(format!("{wrong}\nWithout sound: `sayso chat` to type, `sayso hear A.wav B.wav` for recordings."))
}
