//! Whole conversations: the compiled program, typed to, with providers' plugins in their workers, through the gate to pretend
//! providers; in both languages.

mod alipay;
mod credentials;
mod paypal;
mod stripe;
mod wechat_pay;

use crate::household::{BEGIN_MS, HandClock, library};
use serde_json::Value;
use std::path::PathBuf;
use std::process::{Output, Stdio};
use std::sync::Arc;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

/// What is said when nothing is wanted, so that only news are told; and how a payment is told that went through.
const ENGLISH: Words = Words { thanks: "Thank you.", paid: "did go through", open: "isn't final yet" };
/// The same in Mandarin.
const CHINESE: Words = Words { thanks: "谢谢。", paid: "已经付成了", open: "还没有结果" };

#[derive(Clone, Copy)]
struct Words {
    thanks: &'static str,
    paid: &'static str,
    open: &'static str,
}

/// A provider that is real but for where it is.
struct Real<'a> {
    name: &'a str,
    /// Where the pretended one is.
    url: &'a str,
    /// The plugin's settings besides that.
    settings: Value,
    secrets: &'a [(&'a str, &'a str)],
    inside: &'a [&'a str],
}

/// A home with the example's configuration, in which some providers are real.
struct Home {
    folder: TempDir,
    secrets: Vec<(String, String)>,
}

/// A clock that stands where the world's does: the program goes by that.
fn clock() -> Arc<HandClock> {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let clock = HandClock::new();
    clock.forward(i64::try_from(now.as_millis()).unwrap() - BEGIN_MS);
    clock
}

impl Home {
    fn new(providers: &[Real<'_>]) -> Home {
        let alice = "names: { en: Alice, zh: 爱丽丝 }";
        let mut config = sayso::config::EXAMPLE
            .replace(alice, &format!("{alice}\n      accounts: {{ stripe: {{ account: own }} }}"));
        let mut all = Vec::new();
        for Real { name, url, settings, secrets, inside } in providers {
            let mut settings = settings.clone();
            settings["base_url"] = (*url).into();
            let named = secrets.iter().map(|(secret, value)| {
                let variable = format!("{name}_{secret}").to_uppercase();
                all.push((variable.clone(), (*value).to_owned()));
                format!("{secret}: {{ env: {variable} }}")
            });
            let named = named.collect::<Vec<_>>().join(", ");
            let (host, inside) = (url.trim_start_matches("http://"), inside.join(", "));
            let plugin = library(name);
            let plugin = plugin.display();
            let real = format!(
                "  - name: {name}\n    plugin: {plugin}\n    hosts: [\"{host}\"]\n    settings: {settings}\n    secrets: {{ {named} }}\n    secrets_inside: [{inside}]\n"
            );
            let pretended = format!("  - name: {name}\n    plugin: practice_bank\n");
            assert!(config.contains(&pretended), "{name}");
            config = config.replace(&pretended, &real);
        }
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("sayso.yaml"), config).unwrap();
        Home { folder, secrets: all }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sayso"));
        let home = self.folder.path();
        command.args(arguments).arg("--config").arg(home.join("sayso.yaml")).arg("--data").arg(home.join("data"));
        command.env("HOME", home).env("XDG_CONFIG_HOME", home).env_remove("SAYSO_LIVE").envs(self.secrets.clone());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        command
    }

    /// Runs a command: its exit code, and the objects that it prints.
    async fn run(&self, arguments: &[&str]) -> (Option<i32>, Vec<Value>) {
        let mut command = self.command(arguments);
        // What goes wrong is seen with the test.
        command.arg("--json").stdin(Stdio::null()).stderr(Stdio::inherit());
        let Output { status, stdout, .. } = command.output().await.unwrap();
        let lines = String::from_utf8(stdout).unwrap();
        (status.code(), lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
    }

    /// Every open payment is asked about, as it is from time to time anyway.
    async fn asks_the_providers(&self) {
        assert!(matches!(self.run(&["payments", "recover"]).await.0, Some(0 | 3)));
    }

    /// Stores a way to pay, which `act` makes the person agree to.
    async fn stores_a_way_to_pay(&self, provider: &str, act: impl FnOnce()) {
        let (code, begun) = self.run(&["instruments", "add", provider, "--wait", "0"]).await;
        assert_eq!(code, Some(3), "{begun:?}");
        act();
        let (code, done) = self.run(&["instruments", "add", provider, "--wait", "120"]).await;
        assert_eq!(code, Some(0), "{done:?}");
    }

    /// What a conversation of these lines shows, when no program reads it.
    async fn shows(&self, arguments: &[&str], lines: &[&str]) -> String {
        let mut child = self.command(arguments).spawn().unwrap();
        let mut input = child.stdin.take().unwrap();
        input.write_all(format!("{}\n", lines.join("\n")).as_bytes()).await.unwrap();
        drop(input);
        String::from_utf8(child.wait_with_output().await.unwrap().stdout).unwrap()
    }

    fn chat(&self) -> Chat {
        let mut child = self.command(&["chat", "--json"]).spawn().unwrap();
        let input = child.stdin.take().unwrap();
        let turns = BufReader::new(child.stdout.take().unwrap()).lines();
        Chat { _child: child, input, turns }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

/// A conversation that goes on; it is killed at the end of the test.
struct Chat {
    _child: Child,
    input: ChildStdin,
    turns: Lines<BufReader<ChildStdout>>,
}

impl Chat {
    async fn says(&mut self, line: &str) -> Value {
        self.input.write_all(format!("{line}\n").as_bytes()).await.unwrap();
        let answer = self.turns.next_line().await.unwrap().unwrap();
        serde_json::from_str(&answer).unwrap()
    }

    /// Asks for a payment and agrees to the read-back; the turn after that.
    async fn pays(&mut self, [asked, agreed]: [&str; 2]) -> Value {
        let read_back = self.says(asked).await;
        assert_eq!(read_back["state"]["awaiting"], "consent", "{read_back}");
        self.says(agreed).await
    }

    /// The next thing that is said is answered by these words, too.
    async fn is_told(&mut self, thanks: &str, words: &[&str]) {
        let turn = self.says(thanks).await;
        assert!(words.iter().all(|word| said(&turn).contains(word)), "{words:?}: {turn}");
    }
}

fn said(turn: &Value) -> String {
    turn["said"].as_array().unwrap().iter().map(|said| said.as_str().unwrap()).collect::<Vec<_>>().join(" ")
}

fn status(turn: &Value) -> &str {
    turn["payment"]["status"].as_str().unwrap_or_default()
}
