//! Access tokens by OAuth 2.0's client credentials (RFC 6749, 4.4): fetched once for all calls, and once more where the provider
//! took one back before its end (RFC 6750). Id and secret are filled in on the way out, and never seen here.

use crate::denied::Denied;
use crate::fields::Fields as _;
use crate::form::CONTENT_TYPE;
use crate::heard::{self, Answered};
use crate::request;
use crate::text::is_id;
use crate::token::TokenCache;
use crate::translator::Told;
use sayso_plugin_interface::{Host, HttpRequest};
use serde_json::Value;

/// How long before its end a token is no longer used, in milliseconds.
const MARGIN_MS: i64 = 60_000;

/// The client's side of one token endpoint.
pub struct ClientCredentials {
    url: String,
    authorization: String,
    held: TokenCache,
}

impl ClientCredentials {
    /// Nothing is asked yet. `id` and `secret` are the names of secrets that the capabilities declare.
    #[must_use]
    pub fn new(url: String, id: &str, secret: &str) -> Self {
        let authorization = format!("Basic {{{{basic:{id}:{secret}}}}}");
        ClientCredentials { url, authorization, held: TokenCache::default() }
    }

    /// What the provider grants: `access_token` and what else it says. Without one nothing but the request for one was sent.
    pub async fn fetch(&self, host: &dyn Host) -> Told<Value> {
        let headers = [
            ("authorization", self.authorization.as_str()),
            ("content-type", CONTENT_TYPE),
            ("accept", "application/json"),
        ];
        let sent = request::post(&self.url, &headers, "grant_type=client_credentials");
        let no_token = |why: &str| Denied::not_sent(format!("the provider gave no token: {why}"));
        // A token more does no harm.
        let answered = heard::json(host.http(HttpRequest { idempotent: true, ..sent }).await);
        let answered = answered.map_err(|silence| no_token(&silence.reason()))?;
        let answered = answered.noted(host, "the provider of tokens", &["error", "name", "debug_id"], &[]);
        if answered.status == 200 {
            let usable = |granted: &Value| is_id(granted.word("access_token"), 4095, b"-_.~+/=");
            return Some(answered.body).filter(usable).ok_or_else(|| no_token("its answer is not understood"));
        }
        match answered.body.text("error").or(answered.body.text("name")) {
            Some(error) if matches!(answered.status, 400 | 401 | 403) => Err(Denied::setup(error)),
            _ => Err(no_token(&format!("status {}", answered.status))),
        }
    }

    async fn token(&self, host: &dyn Host) -> Told<(String, bool)> {
        let fetch = async {
            let granted = self.fetch(host).await?;
            let life_ms = granted.whole("expires_in").unwrap_or_default().saturating_mul(1000);
            let end_ms = host.now_ms().saturating_add(life_ms).saturating_sub(MARGIN_MS);
            Ok((granted.word("access_token").to_owned(), end_ms))
        };
        self.held.get(host.now_ms(), fetch).await
    }

    /// Sends a request with a token. Where the provider took the token back, the request was refused at the door, so it is made
    /// once more with another one.
    pub async fn send(&self, host: &dyn Host, request: &HttpRequest) -> Told<Answered> {
        let (mut token, mut fresh) = self.token(host).await?;
        loop {
            let mut sent = request.clone();
            sent.headers.insert(0, ("authorization".to_owned(), format!("Bearer {token}")));
            let answered = heard::json(host.http(sent).await)?;
            if fresh || answered.status != 401 || answered.body["error"] != "invalid_token" {
                return Ok(answered);
            }
            self.held.forget(&token).await;
            (token, fresh) = (self.token(host).await?.0, true);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::{Desk, Reply};
    use crate::testing::{NOW_MS, Scripted, lost, reply};
    use sayso_plugin_interface::Outcome;
    use sayso_plugin_interface::abi_v1::FromPlugin;
    use std::collections::VecDeque;
    use std::future::Future;
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    const TOKEN: &str = r#"{"access_token":"A21","expires_in":120}"#;

    /// Sends one request, and gives the provider's answers in order; also what was sent.
    fn send(credentials: &ClientCredentials, answers: &[Scripted]) -> (Told<Answered>, Vec<HttpRequest>) {
        let (told, sent, _) = send_and_log(credentials, answers);
        (told, sent)
    }

    /// The same with what was logged.
    fn send_and_log(
        credentials: &ClientCredentials,
        answers: &[Scripted],
    ) -> (Told<Answered>, Vec<HttpRequest>, Vec<String>) {
        let (desk, mut sent, mut answers) = (Desk::default(), Vec::new(), VecDeque::from(answers.to_vec()));
        let mut log = Vec::new();
        desk.set_now(NOW_MS);
        let (host, request) = (desk.host(1), request::get("https://h/x", &[]));
        let mut future = pin!(credentials.send(&host, &request));
        loop {
            if let Poll::Ready(told) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
                log.extend(desk.take_outbox().into_iter().filter_map(line));
                return (told, sent, log);
            }
            for said in desk.take_outbox() {
                if let FromPlugin::Http { exchange, request, .. } = said {
                    sent.push(request);
                    let answer = answers.pop_front().unwrap_or_else(|| lost("the script is over"));
                    desk.answer(exchange, Reply::Http(answer));
                } else {
                    log.extend(line(said));
                }
            }
        }
    }

    fn line(said: FromPlugin) -> Option<String> {
        if let FromPlugin::Log { line, .. } = said { Some(line) } else { None }
    }

    fn new() -> ClientCredentials {
        ClientCredentials::new("https://h/token".into(), "client_id", "client_secret")
    }

    #[test]
    fn a_token_serves_all_calls_and_is_fetched_once_more_when_it_was_taken_back() {
        let credentials = new();
        let (told, sent) = send(&credentials, &[reply(200, TOKEN), reply(200, "{}")]);
        assert!(told.unwrap().fine() && sent.len() == 2);
        assert_eq!(sent[0].headers[0].1, "Basic {{basic:client_id:client_secret}}");
        assert_eq!(sent[1].headers[0], ("authorization".to_owned(), "Bearer A21".to_owned()));
        let stale = || reply(401, r#"{"error":"invalid_token"}"#);
        let (told, sent) = send(&credentials, &[stale(), reply(200, TOKEN), reply(404, "{}")]);
        assert_eq!((told.unwrap().status, sent.len()), (404, 3));
        // A fresh one that is refused is no reason to go on asking.
        let (told, sent) = send(&new(), &[reply(200, TOKEN), stale()]);
        assert_eq!((told.unwrap().status, sent.len()), (401, 2));
    }

    #[test]
    fn without_a_token_nothing_was_sent() {
        for wrong in [
            lost("timed out"),
            reply(500, "{}"),
            reply(200, "{}"),
            reply(200, r#"{"access_token":"a b"}"#),
            reply(401, "{}"),
        ] {
            let (told, sent) = send(&new(), &[wrong]);
            assert!(matches!(told.unwrap_err().of_payment(), Outcome::NotSent { .. }) && sent.len() == 1);
        }
        let refused = reply(401, r#"{"error":"invalid_client","debug_id":"d1","error_description":"of a person"}"#);
        let (told, _, log) = send_and_log(&new(), &[refused]);
        assert_eq!(told.unwrap_err(), Denied::setup("invalid_client"));
        assert_eq!(log, ["the provider of tokens answered 401: error=invalid_client debug_id=d1"]);
    }
}
