//! By e-mail, over SMTP with TLS; without TLS to this machine only.

use super::{Message, Refusal, Transport};
use crate::payments::Secrets;
use async_trait::async_trait;
use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use lettre::transport::smtp::authentication::Credentials;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};
use std::sync::Arc;
use std::time::Duration;

/// A mailbox, and the server that takes mail for it.
pub struct Email {
    server: String,
    port: Option<u16>,
    from: Mailbox,
    to: Vec<Mailbox>,
    /// Who signs in, with the secrets that give `password`.
    user: Option<(String, Arc<dyn Secrets>)>,
}

impl Email {
    /// From and to these addresses through `server`; the port is that of SMTP over TLS unless it is given. The error says
    /// which address is wrong.
    pub fn new(
        server: &str,
        port: Option<u16>,
        from: &str,
        to: &[String],
        user: Option<(String, Arc<dyn Secrets>)>,
    ) -> Result<Self, String> {
        let mailbox =
            |text: &str| text.parse::<Mailbox>().map_err(|wrong| format!("`{text}` is no mail address: {wrong}"));
        let to = to.iter().map(|text| mailbox(text)).collect::<Result<Vec<_>, _>>()?;
        if to.is_empty() {
            return Err("an e-mail needs somebody in `to`".to_owned());
        }
        Ok(Email { server: server.to_owned(), port, from: mailbox(from)?, to, user })
    }

    fn mail(&self, message: &Message) -> Result<lettre::Message, lettre::error::Error> {
        let domain = self.from.email.domain();
        let mut mail = lettre::Message::builder()
            .from(self.from.clone())
            .subject(message.title.as_str())
            .message_id(Some(format!("<{}@{domain}>", message.id)))
            .header(ContentType::TEXT_PLAIN);
        for to in &self.to {
            mail = mail.to(to.clone());
        }
        mail.body(message.text.clone())
    }

    fn transport(&self) -> Result<AsyncSmtpTransport<Tokio1Executor>, Refusal> {
        let here =
            self.server == "localhost" || self.server.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback());
        let mut builder = if here {
            AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&self.server)
        } else {
            AsyncSmtpTransport::<Tokio1Executor>::relay(&self.server)
                .map_err(|wrong| Refusal::again(wrong.to_string()))?
        };
        if let Some(port) = self.port {
            builder = builder.port(port);
        }
        if let Some((user, secrets)) = &self.user {
            let password = secrets.secret("password").map_err(|wrong| Refusal::again(wrong.to_string()))?;
            builder = builder.credentials(Credentials::new(user.clone(), password));
        }
        Ok(builder.timeout(Some(Duration::from_secs(20))).build())
    }
}

#[async_trait]
impl Transport for Email {
    async fn send(&self, message: &Message) -> Result<(), Refusal> {
        let mail = self.mail(message).map_err(|wrong| Refusal::for_ever(wrong.to_string()))?;
        match self.transport()?.send(mail).await {
            Ok(_) => Ok(()),
            Err(wrong) if wrong.is_permanent() => Err(Refusal::for_ever(wrong.to_string())),
            Err(wrong) => Err(Refusal::again(wrong.to_string())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::announce::Topic;
    use crate::lang::Lang;

    #[test]
    fn a_mail_has_one_id_for_ever_and_its_words_in_any_language() {
        let email =
            Email::new("localhost", None, "Sayso <sayso@example.org>", &["me@example.org".into()], None).unwrap();
        let message = Message {
            id: "house-7".into(),
            topic: Topic::Succeeded,
            lang: Lang::Zh,
            title: "已付款".into(),
            text: "已用Stripe支付。".into(),
            payments: Vec::new(),
            practice: true,
        };
        let mail = String::from_utf8(email.mail(&message).unwrap().formatted()).unwrap();
        assert!(mail.contains("Message-ID: <house-7@example.org>"), "{mail}");
        assert!(mail.contains("charset=utf-8"), "{mail}");
        assert!(Email::new("localhost", None, "nobody", &["me@example.org".into()], None).is_err());
        assert!(Email::new("localhost", None, "a@example.org", &[], None).is_err());
    }
}
