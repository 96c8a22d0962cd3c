//! What lies on the disk: that it is encrypted, whole, and holds nothing that must not be there, whoever ends the program
//! at whichever moment.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, dead_code)]

mod audit;
#[path = "../money/bank.rs"]
mod bank;
#[path = "../hands/mod.rs"]
mod hands;
#[path = "../doors/home.rs"]
mod home;
mod keys;
mod program;
#[path = "../recorded/mod.rs"]
mod recorded;
mod scan;
mod spoken;
#[path = "../money/world.rs"]
mod world;
