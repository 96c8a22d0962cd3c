/* The C ABI of Sayso's payment plugins. Made from plugins/interface/src/abi_v1; don't edit it here.
 * What is said over it is in plugins/interface/PROTOCOL.md; a whole provider in C is in plugins/examples/c_provider. */
#ifndef SAYSO_PLUGIN_H
#define SAYSO_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#define SAYSO_STATIC_ASSERT(holds, words) static_assert(holds, words)
#else
#define SAYSO_STATIC_ASSERT(holds, words) _Static_assert(holds, words)
#endif
#ifdef _WIN32
#define SAYSO_EXPORT __declspec(dllexport)
#else
#define SAYSO_EXPORT __attribute__((visibility("default")))
#endif

#define SAYSO_MAGIC "SAYSOABI"
#define SAYSO_MAGIC_BYTES { 'S', 'A', 'Y', 'S', 'O', 'A', 'B', 'I' }
#define SAYSO_ABI_MAJOR 1u /* the version that this header describes */
#define SAYSO_ABI_MINOR 0u
#define SAYSO_MESSAGE_BYTES_MAX 1048576u /* the longest message either way */
#define SAYSO_EXCHANGES_MAX 64u /* the most exchanges that one call may ask for */

/* What every function returns. */
#define SAYSO_OK 0 /* done */
#define SAYSO_FAILED 1 /* refused; a message that was emitted says why */
#define SAYSO_PANICKED 2 /* the plugin broke; its instance is not to be used again */
#define SAYSO_MALFORMED 3 /* what was passed is not a message of this ABI, or a pointer is null */
#define SAYSO_TOO_LARGE 4 /* the message is longer than SAYSO_MESSAGE_BYTES_MAX; nothing was sent */
#define SAYSO_CLOSED 5 /* the pipe to the host is gone */

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

#if UINTPTR_MAX == UINT64_MAX
SAYSO_STATIC_ASSERT(offsetof(sayso_header, major) == 8, "header.major");
SAYSO_STATIC_ASSERT(offsetof(sayso_header, minor) == 12, "header.minor");
SAYSO_STATIC_ASSERT(offsetof(sayso_header, struct_size) == 16, "header.struct_size");
SAYSO_STATIC_ASSERT(offsetof(sayso_host_table, context) == 24, "host_table.context");
SAYSO_STATIC_ASSERT(offsetof(sayso_host_table, emit) == 32, "host_table.emit");
SAYSO_STATIC_ASSERT(offsetof(sayso_plugin_table, describe) == 24, "plugin_table.describe");
SAYSO_STATIC_ASSERT(offsetof(sayso_plugin_table, create) == 32, "plugin_table.create");
SAYSO_STATIC_ASSERT(offsetof(sayso_plugin_table, deliver) == 40, "plugin_table.deliver");
SAYSO_STATIC_ASSERT(offsetof(sayso_plugin_table, destroy) == 48, "plugin_table.destroy");
SAYSO_STATIC_ASSERT(sizeof(sayso_header) == 24, "the size of header");
SAYSO_STATIC_ASSERT(sizeof(sayso_host_table) == 40, "the size of host_table");
SAYSO_STATIC_ASSERT(sizeof(sayso_plugin_table) == 56, "the size of plugin_table");
#endif

#ifdef __cplusplus
}
#endif

#endif
