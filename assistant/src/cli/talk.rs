//! `sayso talk`: a conversation with microphone and loudspeaker. A turn ends by a pause, or with Enter.

use super::ending::Ending;
use super::failure::Failure;
use super::listening::{Ears, speech_failure};
use super::out::{Out, remark};
use super::qr::Codes;
use super::show;
use crate::audio::{AudioError, FRAME_MS, FrameSource as _, Microphone, Pcm, SAMPLE_RATE, Speaker};
use crate::speech::{Endpointer, Endpointing, Utterance, Voice};
use crate::turn::{Assistant, Conversation, Heard, Turn};
use std::io::BufRead as _;
use std::sync::mpsc::{Receiver, channel};
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
    endpointer: Endpointer,
    /// Lines from the keyboard, in push-to-talk.
    enter: Option<Receiver<()>>,
}

/// What one turn of listening brought.
enum Taken {
    Speech(Utterance),
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
    ears: &mut Ears,
    mut conversation: Conversation,
    voice: Voice,
    (push_to_talk, codes): (bool, Codes),
    out: Out,
) -> Result<(), Failure> {
    let mut mouth = Mouth::open(voice)?;
    let mut listener = Listener::open(push_to_talk)?;
    remark(&format!("listening to {}; Ctrl-C ends", listener.microphone.name()));
    let greeting = assistant.greet(&mut conversation).await;
    let mut ending = Ending::default();
    block_in_place(|| answer(&mut mouth, &greeting, out))?;
    loop {
        listener.microphone.forget();
        if push_to_talk {
            remark("speak, then press Enter");
        }
        let taken = block_in_place(|| listener.take(conversation.awaiting().is_some()))?;
        let heard = match taken {
            Taken::Speech(utterance) => block_in_place(|| ears.recognise(&utterance, (assistant, &conversation)))?,
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
    fn open(push_to_talk: bool) -> Result<Self, Failure> {
        let microphone = Microphone::open(None).map_err(no_device)?;
        // In push-to-talk a pause does not end the turn: Enter does.
        let endpointing = if push_to_talk { Endpointing::whole_recording() } else { Endpointing::default() };
        let enter = push_to_talk.then(|| {
            let (send, enter) = channel();
            std::thread::spawn(move || {
                let lines = std::io::stdin().lock().lines().map_while(Result::ok);
                lines.map(|_| send.send(())).take_while(Result::is_ok).for_each(drop);
            });
            enter
        });
        Ok(Listener { microphone, endpointer: Endpointer::new(endpointing), enter })
    }

    /// Listens until somebody has spoken, or for a while nobody has although they were `asked`.
    fn take(&mut self, asked: bool) -> Result<Taken, Failure> {
        let mut quiet_ms = 0;
        while let Some(frame) = self.microphone.next_frame().map_err(no_device)? {
            if let Some(utterance) = self.endpointer.push(&frame) {
                return Ok(Taken::Speech(utterance));
            }
            match self.enter.as_ref().map(Receiver::try_recv) {
                Some(Ok(())) => return Ok(self.endpointer.finish().map_or(Taken::Silence, Taken::Speech)),
                Some(Err(std::sync::mpsc::TryRecvError::Disconnected)) => return Ok(Taken::KeyboardClosed),
                Some(Err(std::sync::mpsc::TryRecvError::Empty)) => continue,
                None => {}
            }
            quiet_ms = if self.endpointer.is_speech() { 0 } else { quiet_ms + FRAME_MS };
            if asked && quiet_ms >= NO_INPUT_MS {
                return Ok(Taken::Silence);
            }
        }
        Err(Failure::failed("the microphone gives no sound any more"))
    }
}

/// No device, or a lost one: says so, and how to go on without.
fn no_device(wrong: AudioError) -> Failure {
    Failure::usage(format!("{wrong}\nWithout sound: `sayso chat` to type, `sayso hear A.wav B.wav` for recordings."))
}
