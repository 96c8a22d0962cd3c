//! `sayso talk`: a conversation with microphone and loudspeaker. A turn ends by a pause, as long as what is waited for and
//! what was said make it, or with Enter. A device that is lost is waited for; what was being said is said again.

mod attention;
mod listener;
mod mouth;

pub use listener::{Listener, Scene, Taken};
pub use mouth::{Mouth, Overheard, Telling, Told};

use attention::{Attention, Meant};

use super::ending::Ending;
use super::failure::Failure;
use super::listening::{Ears, Knowing};
use super::out::{Out, remark};
use super::qr::Codes;
use super::show;
use crate::audio::{AudioError, FrameSource, Microphone, Sink, Speaker};
use crate::config::SpeechSettings;
use crate::speech::{Voice, is_backchannel, is_own_words};
use crate::turn::{Assistant, Conversation, Heard};
use crate::wording;
use std::time::{Duration, Instant};
use tokio::task::block_in_place;

/// How often it is looked whether a lost device is back.
const LOOK_AGAIN: Duration = Duration::from_secs(1);
/// So often one answer goes on after a noise; then it is said to its end.
const RESUMED_MAX: u32 = 3;
/// Who interrupts themselves so often can't tell their own voice from somebody else's.
const ECHOES_MAX: u32 = 2;

/// Why talking can't go on as it is.
pub enum Trouble {
    /// A device is lost. Another one may come.
    Lost(AudioError),
    /// Something that waiting does not mend.
    Failed(Failure),
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        Trouble::Failed(failure)
    }
}

/// The same as the end of a command.
pub fn failure(trouble: Trouble) -> Failure {
    match trouble {
        Trouble::Lost(why) => no_device(why),
        Trouble::Failed(failure) => failure,
    }
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
    let (ears, knowing) = ears.in_background()?;
    let microphone = Microphone::open(None).map_err(no_device)?;
    let name = microphone.name().to_owned();
    let mut mouth = Mouth::open(voice, || loudspeaker().map_err(no_device))?;
    let barge_in = speech.barge_in && !push_to_talk && mouth.can_be_interrupted();
    let unecho = barge_in && speech.echo_removal;
    let source = beside(microphone, &mut mouth, unecho).map_err(no_device)?;
    let listener = Listener::open(source, ears, speech, push_to_talk);
    let mut attention = Attention::new(&speech.wake);
    let listens_since = Instant::now();
    let mut talk = Talk { mouth, listener, knowing, barge_in, unecho, echoes: 0, push_to_talk, listens_since };
    remark(&format!("listening to {name}; Ctrl-C ends"));
    let greeting = assistant.greet(&mut conversation).await;
    out.result(&greeting, || show::turn(&greeting))?;
    let mut ending = Ending::default();
    let mut telling = Telling::of(&greeting);
    let mut answered = false;
    loop {
        let taken = block_in_place(|| talk.exchange(&mut telling, (assistant, &conversation)))?;
        if std::mem::take(&mut answered) {
            attention.answered(talk.listens_since);
        }
        let heard = match taken {
            Taken::Speech(heard) => heard,
            Taken::Silence => Heard::default(),
            Taken::KeyboardClosed => return ending.result(),
        };
        // A noise that was no words is nothing to answer, unless the person was asked something.
        if heard.text.is_empty() && conversation.awaiting().is_none() {
            continue;
        }
        let heard = match attention.meant(heard, conversation.awaiting().is_some(), Instant::now()) {
            Meant::ForUs(heard) => heard,
            Meant::OnlyCalled(lang) => {
                let lang = conversation.fixed_lang().or(lang).unwrap_or_else(|| conversation.lang());
                telling = Telling::texts(vec![wording::called(lang).spoken], lang);
                continue;
            }
            Meant::ForOthers => {
                telling.again();
                telling.resumed += 1;
                continue;
            }
        };
        let mut turn = assistant.turn(&mut conversation, heard).await;
        codes.tell(&mut turn);
        ending.saw(&turn);
        codes.show_turn(&turn, out)?;
        out.result(&turn, || show::turn(&turn))?;
        telling = Telling::of(&turn);
        answered = true;
    }
}

/// Mouth and ears of one conversation.
struct Talk {
    mouth: Mouth,
    listener: Listener,
    knowing: Knowing,
    /// Whether somebody who speaks while Sayso does makes it fall silent.
    barge_in: bool,
    /// Whether its own voice is taken out of what the microphone hears.
    unecho: bool,
    /// How often it took its own voice for somebody's.
    echoes: u32,
    push_to_talk: bool,
    /// When it began to listen, after what was said last.
    listens_since: Instant,
}

impl Talk {
    /// Says what is to be said and takes in what is answered, whatever becomes of the devices meanwhile.
    fn exchange(
        &mut self,
        telling: &mut Telling,
        (assistant, conversation): (&Assistant, &Conversation),
    ) -> Result<Taken, Failure> {
        loop {
            match self.try_exchange(telling, (assistant, conversation)) {
                Ok(taken) => return Ok(taken),
                Err(Trouble::Failed(failure)) => return Err(failure),
                Err(Trouble::Lost(why)) => {
                    self.find_devices(&why);
                    telling.again();
                }
            }
        }
    }

    fn try_exchange(
        &mut self,
        telling: &mut Telling,
        (assistant, conversation): (&Assistant, &Conversation),
    ) -> Result<Taken, Trouble> {
        // What came in while the answer was worked out, or money moved, was said to nobody.
        self.listener.forget();
        loop {
            let interrupts = !telling.reads_back && telling.resumed < RESUMED_MAX;
            let overheard = self.barge_in.then_some(Overheard { listener: &mut self.listener, interrupts });
            let told = self.mouth.tell(telling, overheard)?;
            if !self.barge_in || !interrupts || !self.listener.tells_voices_apart() {
                self.listener.forget();
            }
            if self.push_to_talk {
                remark("speak, then press Enter");
            }
            self.listens_since = Instant::now();
            let scene = Scene { assistant, conversation, knowing: &self.knowing };
            let taken = self.listener.take(scene, Some(&mut self.mouth))?;
            match &taken {
                Taken::Speech(heard) if told == Told::Interrupted && self.was_nothing(&heard.text, telling) => {
                    telling.resumed += 1;
                    self.mouth.go_on();
                }
                _ => {
                    self.mouth.stop();
                    return Ok(taken);
                }
            }
        }
    }

    /// Whether what interrupted was nobody who wanted something: a sign of listening, a noise, or an echo.
    fn was_nothing(&mut self, heard: &str, telling: &Telling) -> bool {
        let echo = is_own_words(heard, telling.texts_left(), telling.lang());
        if echo {
            self.echoes += 1;
            self.listener.doubts();
            tracing::debug!("heard itself");
            if self.echoes == ECHOES_MAX {
                self.barge_in = false;
                remark(
                    "Sayso hears itself: from now on it does not listen while it speaks. `sayso doctor audio` shows how loud the loudspeaker is to the microphone.",
                );
            }
        }
        echo || is_backchannel(heard, telling.lang())
    }

    /// Waits until there are devices again.
    fn find_devices(&mut self, why: &AudioError) {
        remark(&format!("{why}\nSayso waits for it; Ctrl-C ends"));
        loop {
            std::thread::sleep(LOOK_AGAIN);
            match self.other_devices() {
                Ok(name) => return remark(&format!("listening to {name} again")),
                Err(why) => tracing::debug!("still without: {why}"),
            }
        }
    }

    /// Goes on with the devices that there are; gives the microphone's name.
    fn other_devices(&mut self) -> Result<String, AudioError> {
        let (microphone, sink) = (Microphone::open(None)?, loudspeaker()?);
        let name = microphone.name().to_owned();
        self.mouth.play_through(sink);
        self.listener.listen_to(beside(microphone, &mut self.mouth, self.unecho)?);
        Ok(name)
    }
}

/// A microphone; where that is wished for, what this mouth says is taken out of what it hears.
fn beside(mut microphone: Microphone, mouth: &mut Mouth, unecho: bool) -> Result<Box<dyn FrameSource>, AudioError> {
    if let Some(reference) = unecho.then(|| mouth.reference()).flatten() {
        microphone.without(reference)?;
    }
    Ok(Box::new(microphone))
}

fn loudspeaker() -> Result<Box<dyn Sink>, AudioError> {
    Ok(Box::new(Speaker::open(None)?))
}

/// No device: says so, and how to go on without.
fn no_device(wrong: AudioError) -> Failure {
    Failure::usage(format!("{wrong}\nWithout sound: `sayso chat` to type, `sayso hear A.wav B.wav` for recordings."))
}
