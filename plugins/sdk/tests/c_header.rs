//! `include/sayso_plugin.h`, made from the ABI's own tables and constants. `SAYSO_UPDATE=1` writes it anew.
#![allow(clippy::unwrap_used)]

use sayso_plugin_sdk::abi_v1::{
    CLOSED, EXCHANGES_MAX, FAILED, Header, HostTable, MAGIC, MAJOR, MALFORMED, MESSAGE_BYTES_MAX, MINOR, OK, PANICKED,
    PluginTable, TOO_LARGE,
};
use std::fmt::Write as _;
use std::mem::offset_of;
use std::path::Path;

const HEAD: &str =
    "/* The C ABI of Sayso's payment plugins. Made from plugins/interface/src/abi_v1; don't edit it here.
 * What is said over it is in plugins/interface/PROTOCOL.md; a whole provider in C is in plugins/examples/c_provider. */
#ifndef SAYSO_PLUGIN_H
#define SAYSO_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern \"C\" {
#define SAYSO_STATIC_ASSERT(holds, words) static_assert(holds, words)
#else
#define SAYSO_STATIC_ASSERT(holds, words) _Static_assert(holds, words)
#endif
#ifdef _WIN32
#define SAYSO_EXPORT __declspec(dllexport)
#else
#define SAYSO_EXPORT __attribute__((visibility(\"default\")))
#endif
";

const TABLES: &str = "
/* What every table begins with, in every version for ever. */
typedef struct sayso_header {
    uint8_t magic[8];     /* SAYSO_MAGIC */
    uint32_t major;       /* versions with another major do not understand each other */
    uint32_t minor;       /* versions with another minor do */
    uint64_t struct_size; /* of the whole table in bytes, this header included */
} sayso_header;

/* What the host offers. It lives as long as the process. */
typedef struct sayso_host_table {
    sayso_header header;
    void *context; /* to be handed back to `emit` */
    /* Takes a message from the plugin; may be called only while one of the plugin's functions runs. */
    int32_t (*emit)(void *context, const uint8_t *message, size_t length);
} sayso_host_table;

/* What a plugin offers. Called by one thread, one call at a time; none of them may unwind. */
typedef struct sayso_plugin_table {
    sayso_header header;
    /* Emits one `description`. */
    int32_t (*describe)(const sayso_host_table *host);
    /* Makes an instance from a configuration, a JSON object without a NUL byte at its end; emits `ready` or `refused`. */
    int32_t (*create)(const sayso_host_table *host, const uint8_t *configuration, size_t length, void **instance);
    /* Hands one message to an instance. */
    int32_t (*deliver)(void *instance, const uint8_t *message, size_t length);
    /* Ends an instance. */
    void (*destroy)(void *instance);
} sayso_plugin_table;

/* The one symbol that a plugin exports: returns a table that lives as long as the process. */
SAYSO_EXPORT const sayso_plugin_table *sayso_plugin_entry(void);
";

fn header() -> String {
    let mut text = HEAD.to_owned();
    let magic = std::str::from_utf8(&MAGIC).unwrap();
    let bytes: Vec<String> = magic.chars().map(|c| format!("'{c}'")).collect();
    let _ = writeln!(text, "\n#define SAYSO_MAGIC \"{magic}\"\n#define SAYSO_MAGIC_BYTES {{ {} }}", bytes.join(", "));
    for (name, value, words) in [
        ("ABI_MAJOR", u64::from(MAJOR), "the version that this header describes"),
        ("ABI_MINOR", u64::from(MINOR), ""),
        ("MESSAGE_BYTES_MAX", MESSAGE_BYTES_MAX as u64, "the longest message either way"),
        ("EXCHANGES_MAX", EXCHANGES_MAX as u64, "the most exchanges that one call may ask for"),
    ] {
        let words = if words.is_empty() { String::new() } else { format!(" /* {words} */") };
        let _ = writeln!(text, "#define SAYSO_{name} {value}u{words}");
    }
    text.push_str("\n/* What every function returns. */\n");
    for (name, code, words) in [
        ("OK", OK, "done"),
        ("FAILED", FAILED, "refused; a message that was emitted says why"),
        ("PANICKED", PANICKED, "the plugin broke; its instance is not to be used again"),
        ("MALFORMED", MALFORMED, "what was passed is not a message of this ABI, or a pointer is null"),
        ("TOO_LARGE", TOO_LARGE, "the message is longer than SAYSO_MESSAGE_BYTES_MAX; nothing was sent"),
        ("CLOSED", CLOSED, "the pipe to the host is gone"),
    ] {
        let _ = writeln!(text, "#define SAYSO_{name} {code} /* {words} */");
    }
    text.push_str(TABLES);
    text.push_str("\n#if UINTPTR_MAX == UINT64_MAX\n");
    for (holds, words) in layout() {
        let _ = writeln!(text, "SAYSO_STATIC_ASSERT({holds}, \"{words}\");");
    }
    text.push_str("#endif\n\n#ifdef __cplusplus\n}\n#endif\n\n#endif\n");
    text
}

/// What the compiler of C has to find too, from what Rust's has laid out.
#[cfg(target_pointer_width = "64")]
fn layout() -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut field = |table: &str, field: &str, at: usize| {
        found.push((format!("offsetof(sayso_{table}, {field}) == {at}"), format!("{table}.{field}")));
    };
    field("header", "major", offset_of!(Header, major));
    field("header", "minor", offset_of!(Header, minor));
    field("header", "struct_size", offset_of!(Header, struct_size));
    field("host_table", "context", offset_of!(HostTable, context));
    field("host_table", "emit", offset_of!(HostTable, emit));
    field("plugin_table", "describe", offset_of!(PluginTable, describe));
    field("plugin_table", "create", offset_of!(PluginTable, create));
    field("plugin_table", "deliver", offset_of!(PluginTable, deliver));
    field("plugin_table", "destroy", offset_of!(PluginTable, destroy));
    let sizes = [
        ("header", size_of::<Header>()),
        ("host_table", size_of::<HostTable>()),
        ("plugin_table", size_of::<PluginTable>()),
    ];
    found.extend(
        sizes.map(|(table, size)| (format!("sizeof(sayso_{table}) == {size}"), format!("the size of {table}"))),
    );
    found
}

#[test]
#[cfg(target_pointer_width = "64")]
fn the_header_is_what_the_tables_say() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("include/sayso_plugin.h");
    if std::env::var_os("SAYSO_UPDATE").is_some() {
        std::fs::write(&path, header()).unwrap();
    }
    let fresh = std::fs::read_to_string(&path).unwrap_or_default() == header();
    assert!(fresh, "{} is stale: run `SAYSO_UPDATE=1 cargo test -p sayso-plugin-sdk --test c_header`", path.display());
}
