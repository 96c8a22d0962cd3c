//! The phone on which somebody confirms a payment: a channel that is told at once.

use super::desk::Desk;
use crate::lang::Lang;

/// A channel of the configuration that reaches the phone of whoever may agree.
#[derive(Clone)]
pub struct Phone {
    desk: Desk,
    channel: String,
}

impl Phone {
    /// The phone behind the channel of this name.
    #[must_use]
    pub fn new(desk: Desk, channel: &str) -> Self {
        Phone { desk, channel: channel.to_owned() }
    }

    /// Shows `text` there. False where it did not arrive; why is in the log. What it shows is never logged.
    pub async fn show(&self, text: &str, lang: Lang) -> bool {
        let title = match lang {
            Lang::En => "Confirm a payment",
            Lang::Zh => "确认付款",
        };
        let told = self.desk.tell_now(&self.channel, lang, title, text).await;
        let why = match told {
            Some(Ok(())) => return true,
            Some(Err(refusal)) => refusal.why,
            None => "there is no such notification".to_owned(),
        };
        tracing::error!(channel = %self.channel, "the phone can't be told: {why}");
        false
    }
}
