//! What was said before a sentence, so that it stands where people say it: an amount where one is asked for, a yes behind a
//! read-back.

use crate::config::Config;
use crate::lang::Lang;
use crate::turn::{Assistant, Conversation, Heard};
use crate::understanding::EntityKind;
use jiff::Timestamp;

/// Types what leads to where `said` is likely to be said.
pub async fn lead(assistant: &Assistant, conversation: &mut Conversation, config: &Config, said: &str) {
    assistant.greet(conversation).await;
    let lang = conversation.lang();
    let meaning = assistant.understand(said, lang, Timestamp::now());
    let has = |kind| meaning.entities.iter().any(|entity| entity.kind == kind);
    let turns = match () {
        () if meaning.intent.is_some() => 0,
        // "No, make it fifty" and "yes" answer a read-back.
        () if !meaning.acts.is_empty() => 3,
        () if has(EntityKind::Provider) => 2,
        () if has(EntityKind::Money) || has(EntityKind::Number) => 1,
        () => 0,
    };
    for text in typed(config, lang).into_iter().take(turns) {
        let heard = Heard { text, lang: Some(lang), ..Heard::default() };
        assistant.turn(conversation, heard).await;
    }
}

/// A whole payment but for the yes.
fn typed(config: &Config, lang: Lang) -> Vec<String> {
    let billed = |payee: &&crate::household::Payee| config.household.bills.iter().any(|bill| bill.payee == payee.id);
    let payees = &config.household.payees;
    let payee = payees.iter().find(billed).or(payees.first());
    let payee = payee.map(|payee| payee.name(lang).to_owned()).unwrap_or_default();
    let names = config.providers.first().and_then(|provider| provider.names.get(&lang));
    let provider = names.and_then(|names| names.first()).cloned().unwrap_or_default();
    match lang {
        Lang::En => vec![format!("Pay {payee}"), "sixty-one dollars".to_owned(), format!("with {provider}")],
        Lang::Zh => vec![format!("交{payee}"), "六十一元".to_owned(), format!("用{provider}")],
    }
}
