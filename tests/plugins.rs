//! Compiled plugins in real workers: hostile ones cost their own worker and one unknown outcome, and the practice plugin
//! pays at a real practice bank over loopback.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "plugins/bank.rs"]
mod bank;
#[path = "plugins/conformance.rs"]
mod conformance;
#[cfg(target_os = "linux")]
#[path = "plugins/escapes.rs"]
mod escapes;
#[path = "plugins/hostile.rs"]
mod hostile;
#[cfg(unix)]
#[path = "plugins/in_c.rs"]
mod in_c;
#[path = "plugins/lifecycle.rs"]
mod lifecycle;
#[path = "plugins/loading.rs"]
mod loading;
#[path = "plugins/scaffolding.rs"]
mod scaffolding;
#[path = "plugins/stage.rs"]
mod stage;
