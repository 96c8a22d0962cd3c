//! A worker that is spoken to by hand, frame by frame: for those who prove that a plugin keeps the rules of the border.

use super::error::PluginError;
use super::handshake::{Launch, Shaken, end, read_frame};
use sayso_plugin_interface::Capabilities;
use sayso_plugin_interface::abi_v1::FromPlugin;
use sayso_plugin_interface::abi_v1::pipe::{self, Order, Report};
use std::time::Duration;
use tokio::io::AsyncWriteExt as _;

/// A plugin with an instance, and nothing between it and the caller but the pipe. Dropping it kills the process.
pub struct Bare {
    shaken: Shaken,
    patience: Duration,
}

/// What a plugin did with one frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// What it said, in order.
    pub said: Vec<FromPlugin>,
    /// The code that it returned.
    pub code: i32,
}

impl Bare {
    pub(super) async fn start(
        launch: &Launch,
        configuration: serde_json::Value,
        patience: Duration,
    ) -> Result<Self, PluginError> {
        Ok(Bare { shaken: launch.shake(&Order::Create { configuration }).await?, patience })
    }

    /// What the instance says that it can do.
    #[must_use]
    pub fn capabilities(&self) -> Option<&Capabilities> {
        match &self.shaken.message {
            FromPlugin::Ready { capabilities } => Some(capabilities),
            _ => None,
        }
    }

    /// Hands the plugin these bytes, whatever they are, and waits until it is done with them; an error says how it ended.
    pub async fn turn(&mut self, bytes: &[u8]) -> Result<Turn, String> {
        let frame = pipe::frame(bytes).map_err(|error| error.to_string())?;
        let talk = async {
            self.shaken.input.write_all(&frame).await.map_err(|error| error.to_string())?;
            let mut said = Vec::new();
            loop {
                let bytes = read_frame(&mut self.shaken.output).await.map_err(|error| error.to_string())?;
                match Report::read(&bytes)? {
                    Report::Delivered { code } => return Ok(Turn { said, code }),
                    Report::Plugin(message) => said.push(message),
                    Report::Broken { reason } => return Err(reason),
                    other => return Err(format!("it said {other:?}")),
                }
            }
        };
        match tokio::time::timeout(self.patience, talk).await {
            Ok(Ok(turn)) => Ok(turn),
            Ok(Err(reason)) => {
                let how = end(&mut self.shaken.child, Duration::from_millis(500)).await;
                Err(format!("{reason}; its worker ended: {how}"))
            }
            Err(_) => Err(format!("it was not done after {} s", self.patience.as_secs_f32())),
        }
    }
}
