//! What is told of payments to the outside: who hears what, when, in which words, again and again until it was taken.
//! It must never change a payment, put a secret into a message, or give one piece of news two ids.
//!
//! In reading order: [`topic`] is what news is about, [`channel`] who wants to hear it and when, [`message`] the words,
//! [`transport`] the ways out, [`outbox`] what this room asks of a store, and [`desk`] brings them together; [`phone`] is told at
//! once what a person has to confirm.

pub mod channel;
pub mod desk;
pub mod message;
pub mod outbox;
pub mod phone;
pub mod topic;
pub mod transport;

pub use channel::{Channel, QuietHours};
pub use desk::{Delivered, Desk};
pub use message::Message;
pub use outbox::{Failure, News, Outbox};
pub use phone::Phone;
pub use topic::Topic;
pub use transport::{Refusal, Transport};
