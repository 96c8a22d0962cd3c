//! By MQTT, for whatever at home listens there: the message as JSON, at least once (QoS 1).

use super::{Message, Refusal, Transport};
use crate::payments::Secrets;
use async_trait::async_trait;
use rumqttc::{AsyncClient, Event, MqttOptions, Packet, QoS};
use std::sync::Arc;
use std::time::Duration;

/// A topic at a broker.
pub struct Mqtt {
    host: String,
    port: u16,
    tls: bool,
    topic: String,
    /// Who signs in, with the secrets that give `password`.
    user: Option<(String, Arc<dyn Secrets>)>,
}

impl Mqtt {
    /// `url` is `mqtts://HOST[:PORT]`, or `mqtt://` for a broker on this machine. The error says what is wrong.
    pub fn new(url: &str, topic: &str, user: Option<(String, Arc<dyn Secrets>)>) -> Result<Self, String> {
        let parsed = reqwest::Url::parse(url).map_err(|wrong| format!("`{url}` is not an address: {wrong}"))?;
        let host = parsed.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
        let here = host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback());
        let tls = match parsed.scheme() {
            "mqtts" => true,
            "mqtt" if here => false,
            "mqtt" => return Err(format!("`{url}`: use mqtts:// for another machine's broker")),
            other => return Err(format!("`{url}`: write mqtts://HOST, not {other}://")),
        };
        if host.is_empty() || topic.is_empty() || topic.contains(['#', '+']) {
            return Err("MQTT needs a host, and a topic without `#` and `+`".to_owned());
        }
        let port = parsed.port().unwrap_or(if tls { 8883 } else { 1883 });
        Ok(Mqtt { host, port, tls, topic: topic.to_owned(), user })
    }

    fn options(&self, message: &Message) -> Result<MqttOptions, Refusal> {
        let mut options = MqttOptions::new(format!("sayso-{}", message.id), &self.host, self.port);
        options.set_keep_alive(Duration::from_secs(20)).set_clean_session(true);
        options.set_max_packet_size(64 * 1024, 256 * 1024);
        if self.tls {
            options.set_transport(rumqttc::Transport::tls_with_default_config());
        }
        if let Some((user, secrets)) = &self.user {
            let password = secrets.secret("password").map_err(|wrong| Refusal::again(wrong.to_string()))?;
            options.set_credentials(user, password);
        }
        Ok(options)
    }
}

#[async_trait]
impl Transport for Mqtt {
    async fn send(&self, message: &Message) -> Result<(), Refusal> {
        let body = serde_json::to_vec(message).map_err(|wrong| Refusal::for_ever(wrong.to_string()))?;
        let (client, mut line) = AsyncClient::new(self.options(message)?, 4);
        let queued = client.publish(&self.topic, QoS::AtLeastOnce, false, body).await;
        queued.map_err(|wrong| Refusal::again(wrong.to_string()))?;
        loop {
            match line.poll().await {
                // The broker has it.
                Ok(Event::Incoming(Packet::PubAck(_))) => break,
                Ok(_) => {}
                Err(wrong) => return Err(Refusal::again(wrong.to_string())),
            }
        }
        if client.disconnect().await.is_ok() {
            // The farewell is sent by the next poll; whether it arrives does not matter.
            let _ = tokio::time::timeout(Duration::from_secs(1), line.poll()).await;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_machine_is_spoken_to_in_secret_only() {
        for (url, topic) in [("mqtt://127.0.0.1", "home/sayso"), ("mqtts://broker.example.org:9000", "a")] {
            assert!(Mqtt::new(url, topic, None).is_ok(), "{url}");
        }
        for (url, topic) in [("mqtt://broker.example.org", "a"), ("http://localhost", "a"), ("mqtt://localhost", "a/#")]
        {
            assert!(Mqtt::new(url, topic, None).is_err(), "{url} {topic}");
        }
    }
}
