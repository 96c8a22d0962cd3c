//! `sayso chat`: a typed conversation; line editing and history in a terminal, plain lines through a pipe.

use super::ending::Ending;
use super::failure::Failure;
use super::out::{Out, remark};
use super::qr::Codes;
use super::show;
use super::watch::Newest;
use crate::turn::{Conversation, Heard, Turn};
use rustyline::DefaultEditor;
use rustyline::error::ReadlineError;
use std::io::{self, BufRead as _, IsTerminal as _};
use std::path::Path;
use tokio::task::block_in_place;

/// Where the person's lines come from.
enum Lines {
    Terminal(Box<DefaultEditor>),
    Pipe(io::Lines<io::StdinLock<'static>>),
}

impl Lines {
    fn open(history: &Path) -> Result<Lines, Failure> {
        if !(io::stdin().is_terminal() && io::stdout().is_terminal()) {
            return Ok(Lines::Pipe(io::stdin().lock().lines()));
        }
        let mut editor = DefaultEditor::new().map_err(Failure::failed)?;
        // The first time there is no history yet.
        let _ = editor.load_history(history);
        Ok(Lines::Terminal(Box::new(editor)))
    }

    /// The next line; `None` at the end.
    fn next(&mut self) -> Result<Option<String>, Failure> {
        match self {
            Lines::Pipe(lines) => lines.next().transpose().map_err(|wrong| match wrong.kind() {
                io::ErrorKind::InvalidData => Failure::usage("standard input is not UTF-8 text"),
                _ => Failure::from(wrong),
            }),
            Lines::Terminal(editor) => match editor.readline("you> ") {
                Ok(line) => Ok(Some(line)),
                Err(ReadlineError::Eof | ReadlineError::Interrupted) => Ok(None),
                Err(wrong) => Err(Failure::failed(format!("the terminal can't be read: {wrong}"))),
            },
        }
    }

    /// Keeps a line, to be called up again with the arrow keys.
    fn remember(&mut self, line: &str) {
        if let Lines::Terminal(editor) = self {
            let _ = editor.add_history_entry(line);
        }
    }

    fn is_terminal(&self) -> bool {
        matches!(self, Lines::Terminal(_))
    }

    fn close(self, history: &Path) {
        if let Lines::Terminal(mut editor) = self {
            // A history that can't be kept is no reason to fail.
            let _ = editor.save_history(history);
        }
    }
}

/// What a terminal shows of a turn.
fn spoken(turn: &Turn) -> String {
    let would = turn.would_send.iter().map(show::would_send);
    turn.said.iter().cloned().chain(would).collect::<Vec<_>>().join("\n")
}

/// Converses until the lines end. What goes on is led by the dialogs with which it began; what comes next by the newest.
pub async fn run(
    newest: &Newest,
    mut conversation: Conversation,
    data: &Path,
    codes: &Codes,
    out: Out,
) -> Result<(), Failure> {
    let mut assistant = newest.get();
    let history = data.join("chat-history");
    let mut lines = block_in_place(|| Lines::open(&history))?;
    let in_terminal = lines.is_terminal();
    let greeting = assistant.greet(&mut conversation).await;
    for said in &greeting.said {
        if in_terminal { out.text(said)? } else { remark(said) }
    }
    let mut ending = Ending::default();
    while let Some(line) = block_in_place(|| lines.next())? {
        if conversation.at_rest() {
            assistant = newest.get();
        }
        // Card numbers and what answers a question for a secret are never kept.
        if assistant.may_be_kept(&conversation, &line) {
            lines.remember(&line);
        }
        let turn = assistant.turn(&mut conversation, Heard { text: line, ..Heard::default() }).await;
        out.result(&turn, || if in_terminal { spoken(&turn) } else { show::turn(&turn) })?;
        codes.show_turn(&turn, out)?;
        ending.saw(&turn);
    }
    block_in_place(|| lines.close(&history));
    ending.result()
}
