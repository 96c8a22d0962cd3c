//! What a plugin can do that the kit would not let it do.

use crate::{emit, escapes};
use sayso_plugin_sdk::abi_v1::{FAILED, MESSAGE_BYTES_MAX, OK};
use serde_json::{Value, json};
use std::io::Write as _;

/// A deed that one payment asks for.
pub struct Deed {
    name: String,
    id: u64,
    reference: Value,
    amount: Value,
}

/// The deed that a message asks for.
pub(crate) fn of(message: &[u8]) -> Option<Deed> {
    let message: Value = serde_json::from_slice(message).ok()?;
    let request = &message["request"];
    let name = request["payee"]["account"]["do"].as_str()?.to_owned();
    Some(Deed {
        name,
        id: message["id"].as_u64()?,
        reference: request["reference"].clone(),
        amount: request["amount"].clone(),
    })
}

impl Deed {
    /// The answer that a good plugin would give, to the call `id` and of `verb`.
    fn answer(&self, id: u64, verb: &str) -> Vec<u8> {
        let receipt = json!({ "reference": self.reference, "provider_reference": "p", "amount": self.amount });
        let answer = json!({ "status": "succeeded", "receipt": receipt });
        json!({ "type": "return", "id": id, "verb": verb, "answer": answer }).to_string().into_bytes()
    }
}

/// Misbehaves before there is an instance, if the configuration says so.
pub(crate) fn before_create(configuration: &[u8]) -> Option<i32> {
    let configuration: Value = serde_json::from_slice(configuration).ok()?;
    match configuration["on_create"].as_str()? {
        "abort" => std::process::abort(),
        "hang" => hang(),
        "garbage" => Some(emit(b"garbage")),
        "silence" => Some(OK),
        "fail" => Some(FAILED),
        _ => None,
    }
}

/// Does a deed instead of handing the message to the kit.
pub(crate) fn instead(deed: &Deed) -> Option<i32> {
    dies(deed).or_else(|| lies(deed)).or_else(|| floods(deed)).or_else(|| escapes::attempt(&deed.name))
}

fn dies(deed: &Deed) -> Option<i32> {
    match deed.name.as_str() {
        "abort" => std::process::abort(),
        "exit" => std::process::exit(0),
        "hang" => hang(),
        "panic_across_the_border" => panic!("across the border"),
        "overflow_the_stack" => Some(i32::from(overflow(&[1; 1024]))),
        "segfault" => {
            // SAFETY: none; that is the deed.
            unsafe { std::ptr::null_mut::<u8>().wrapping_add(8).write_volatile(1) };
            None
        }
        "reply_then_abort" => {
            emit(&deed.answer(deed.id, "pay"));
            std::process::abort()
        }
        _ => None,
    }
}

fn lies(deed: &Deed) -> Option<i32> {
    match deed.name.as_str() {
        "garbage" => Some(emit(b"{\"type\":\"return\"")),
        "not_utf8" => Some(emit(b"\xff\xfe")),
        "bad_money" => {
            let answer = String::from_utf8(deed.answer(deed.id, "pay")).unwrap_or_default();
            Some(emit(answer.replace("\"minor\":", "\"minor\":0.5,\"was\":").as_bytes()))
        }
        "wrong_id" => Some(emit(&deed.answer(deed.id + 1_000, "pay"))),
        "wrong_verb" => Some(emit(&deed.answer(deed.id, "advance"))),
        "reply_twice" => {
            emit(&deed.answer(deed.id, "pay"));
            Some(emit(&deed.answer(deed.id, "pay")))
        }
        "fail_and_reply" => {
            emit(json!({ "type": "failed", "id": deed.id, "reason": "no" }).to_string().as_bytes());
            Some(emit(&deed.answer(deed.id, "pay")))
        }
        // The call before this one, which waits for something else.
        "answer_for_another" => {
            emit(&deed.answer(deed.id - 1, "pay"));
            None
        }
        "strange_code" => Some(77),
        "unknown_type" => {
            emit(b"{\"type\":\"dance\",\"steps\":[1,2,3]}");
            None
        }
        _ => None,
    }
}

fn floods(deed: &Deed) -> Option<i32> {
    match deed.name.as_str() {
        "oversize" => Some(emit(&vec![b' '; MESSAGE_BYTES_MAX + 1])),
        "flood" => loop {
            emit(b"{\"type\":\"log\",\"call\":0,\"line\":\"spam\"}");
        },
        "ask_for_too_much" => {
            for exchange in 0..10_000 {
                emit(
                    json!({ "type": "random", "call": deed.id, "exchange": exchange, "bytes": 1 })
                        .to_string()
                        .as_bytes(),
                );
            }
            Some(OK)
        }
        "write_to_every_pipe" => {
            write_to_every_pipe(b"\xff\xff\xff\xffgarbage");
            None
        }
        "pour_a_gigabyte_into_the_pipe" => {
            let frame = [&65_536_u32.to_be_bytes()[..], &[b' '; 65_536]].concat();
            for _ in 0..16_384 {
                write_to_every_pipe(&frame);
            }
            None
        }
        "forge_a_frame" => {
            let answer = deed.answer(deed.id + 1, "pay");
            let length = u32::try_from(answer.len()).unwrap_or_default().to_be_bytes();
            write_to_every_pipe(&[&length[..], &answer].concat());
            None
        }
        "close_every_pipe" => {
            for fd in 3..64 {
                // SAFETY: none; these belong to the worker.
                drop(unsafe { <std::fs::File as std::os::fd::FromRawFd>::from_raw_fd(fd) });
            }
            hang()
        }
        _ => None,
    }
}

fn hang() -> ! {
    loop {
        std::hint::spin_loop();
    }
}

#[allow(unconditional_recursion)]
fn overflow(frame: &[u8; 1024]) -> u8 {
    let mut next = *frame;
    next[usize::from(frame[0])] = frame[1].wrapping_add(1);
    overflow(std::hint::black_box(&next)).wrapping_add(next[2])
}

fn write_to_every_pipe(bytes: &[u8]) {
    for fd in 3..64 {
        // SAFETY: the file is not closed; what belongs to the worker is written to, that is the deed.
        let mut file: std::mem::ManuallyDrop<std::fs::File> =
            std::mem::ManuallyDrop::new(unsafe { std::os::fd::FromRawFd::from_raw_fd(fd) });
        let _ = file.write_all(bytes);
    }
}
