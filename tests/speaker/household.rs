//! A household in which payments are agreed to in sound.

use super::bank::Bank;
use super::hands::NoHands;
use super::recorded;
use jiff::tz::TimeZone;
use sayso::config::Config;
use sayso::consent::{AuthenticationRule, Ear, Likeness};
use sayso::dialog::{Dialogs, ProviderInfo, VoiceCheck, shipped};
use sayso::lang::Lang;
use sayso::payments::{Payments, Providers, Randomness, Settings, SystemRandom};
use sayso::speech::speaker::VoiceOf;
use sayso::speech::{Heard as Recognised, Hint, Recogniser, Utterance};
use sayso::store::{KeySource, Store};
use sayso::turn::{Assistant, Conversation, Heard, Turn};
use std::path::Path;
use std::sync::Arc;

/// Draws these digits, the last one first, where digits are drawn.
struct Loaded(u64);

impl Randomness for Loaded {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), String> {
        // Eight bytes are drawn for digits; everything else needs other numbers each time.
        if bytes.len() != 8 {
            return SystemRandom.fill(bytes);
        }
        bytes.copy_from_slice(&self.0.to_be_bytes());
        Ok(())
    }
}

/// A household with a rule about how surely its payments are to be agreed to, and a bank in memory.
pub struct Household {
    pub assistant: Assistant,
    pub conversation: Conversation,
    pub bank: Arc<Bank>,
    pub store: Store,
    pub turns: Vec<Turn>,
}

impl Household {
    /// One whose payments need `rule`. `drawn` are the digits that will be asked for, the last one first: 524 is 4 2 5 0.
    pub fn new(folder: &Path, rule: AuthenticationRule, voice: VoiceCheck, drawn: u64) -> Self {
        let config = Config::example(jiff::Zoned::now().date()).unwrap();
        let infos = config.providers.iter().map(|provider| ProviderInfo {
            name: provider.name.clone(),
            names: provider.names.iter().map(|(lang, names)| (*lang, names[0].clone())).collect(),
            aliases: provider.names.iter().map(|(lang, names)| (*lang, names[1..].to_vec())).collect(),
            currencies: Vec::new(),
        });
        let key = KeySource::Folder(folder.join("keys"));
        let store = Store::open_with(folder.join("sayso.sqlite"), &key).unwrap();
        let bank = Arc::new(Bank::default());
        let mut providers = Providers::new();
        providers.add("stripe", bank.clone(), Arc::new(NoHands));
        let mut settings = Settings::default();
        settings.authentication.rules = vec![rule];
        let payments =
            Payments::new(Arc::new(store.clone()), providers, settings).with_randomness(Arc::new(Loaded(drawn)));
        let assistant = Assistant::new(
            Dialogs::load(&shipped()).unwrap().dialogs,
            Arc::new(config.household),
            infos.collect(),
            Arc::new(store.history(TimeZone::UTC)),
            Arc::new(payments),
            TimeZone::UTC,
        );
        let conversation = Conversation::begin(Some(Lang::En), &SystemRandom).unwrap();
        let assistant = assistant.with_voice(voice, store.clone());
        Household { assistant, conversation, bank, store, turns: Vec::new() }
    }

    /// One turn.
    pub async fn take(&mut self, heard: Heard) -> String {
        let turn = self.assistant.turn(&mut self.conversation, heard).await;
        let said = turn.said.join(" ");
        eprintln!("{:?} -> {said}", turn.heard);
        self.turns.push(turn);
        said
    }

    /// One utterance through a recogniser, as `sayso hear` takes it.
    pub async fn hear(&mut self, ears: &mut dyn Recogniser, utterance: &Utterance) -> String {
        let hint = Hint {
            expect: Some(self.assistant.expecting(&self.conversation, true)),
            witnessing: self.conversation.witnessing(),
            ..Hint::new(Some(Lang::En), recorded::vocabulary(Lang::En))
        };
        let heard = ears.transcribe(utterance, &hint).unwrap();
        let Recognised::Words(words) = heard else { panic!("{heard:?}") };
        let likeness = words.voice.and_then(|voice| match voice {
            VoiceOf::TooLittle => None,
            VoiceOf::Like { together_milli, alone_milli } => Some(Likeness { together_milli, alone_milli }),
        });
        let ear = Ear { yes_milli: words.yes_milli, voiced_ms: words.voiced_ms, likeness };
        eprintln!("{ear:?}");
        self.take(Heard { text: words.text, lang: Some(words.lang), ear: Some(ear), ..Heard::default() }).await
    }

    /// What the audit log says.
    pub async fn audit(&self) -> String {
        let (send, lines) = std::sync::mpsc::channel();
        let sink = Box::new(move |line: &serde_json::Value| {
            // Nobody waits for more once the test has failed.
            let _ = send.send(line["what"].to_string());
            Ok(())
        });
        self.store.export(sink).await.unwrap().unwrap();
        lines.iter().collect()
    }
}
