/* A whole payment provider in C, to be read and copied: it speaks the messages of plugins/interface/PROTOCOL.md.
 *
 * Its bank has three addresses: POST /payments, GET /payments?reference=..., POST /payments/REFERENCE/cancel; and the same
 * for refunds. It answers with {"status","reference","id","amount_minor","currency"}; a status that is in no table here is
 * pending, and what cannot be read is unknown. Nothing is kept but the calls that wait for their one exchange. */
#include "json.h"
#include "sayso_plugin.h"
#include <stdlib.h>
#include <string.h>

#define BASE "https://bank.example"
#define NAMED "\"name\":\"c_provider\",\"version\":\"1.0.0\",\"practice\":true"
#define CAPABILITIES \
    "{" NAMED ",\"currencies\":[],\"limits\":[],\"off_session\":true,\"authorize_and_capture\":false," \
    "\"partial_refund\":true,\"query_by_reference\":true,\"idempotency_key_life_ms\":null," \
    "\"reference_length_max\":64,\"hosts\":[\"bank.example\"],\"secrets\":[\"api_key\"],\"handoff\":[]}"

/* A call that waits for the answer to its one exchange. */
typedef struct call {
    uint64_t id, exchange;
    char verb[24];
    char *reference; /* of the payment, or of the refund in the verbs of refunds */
    struct call *next;
} call;

typedef struct {
    sayso_host_table host;
    uint64_t exchanges;
    call *open;
} instance;

static int32_t emit(const sayso_host_table *host, text *message) {
    int32_t code = SAYSO_FAILED;
    if (!message->failed && message->bytes)
        code = host->emit(host->context, (const uint8_t *)message->bytes, message->length);
    text_free(message);
    return code;
}

static int32_t say(const sayso_host_table *host, const char *before, const char *quoted, const char *after) {
    text message = { 0 };
    text_add(&message, before);
    if (quoted) text_quote(&message, quoted);
    text_add(&message, after);
    return emit(host, &message);
}

static int same(const char *one, const char *other) { return one && other && !strcmp(one, other); }

static int is_refund(const char *verb) { return same(verb, "refund") || same(verb, "query_refund"); }

/* ---- answers ---------------------------------------------------------------------------------------------------- */

static void opens_return(text *out, uint64_t id, const char *verb) {
    text_add(out, "{\"type\":\"return\",\"id\":");
    text_number(out, (int64_t)id);
    text_add(out, ",\"verb\":");
    text_quote(out, verb);
    text_add(out, ",\"answer\":");
}

/* Closes a call with an answer that is written already; a query wraps what it found. */
static int32_t answer(instance *self, uint64_t id, const char *verb, const char *found) {
    text out = { 0 };
    int wrap = same(verb, "query");
    opens_return(&out, id, verb);
    if (wrap) text_add(&out, "{\"answer\":\"found\",\"outcome\":");
    text_add(&out, found);
    text_add(&out, wrap ? "}}" : "}");
    return emit(&self->host, &out);
}

/* Nobody can tell; a query says that it could not ask. */
static int32_t unknown(instance *self, uint64_t id, const char *verb, const char *reason) {
    text out = { 0 };
    opens_return(&out, id, verb);
    text_add(&out, same(verb, "query") ? "{\"answer\":\"unreachable\",\"reason\":" : "{\"status\":\"unknown\",\"reason\":");
    text_quote(&out, reason);
    text_add(&out, "}}");
    return emit(&self->host, &out);
}

/* The provider's words for why not, and ours. */
static const struct { const char *theirs, *ours, *retry; } DECLINES[] = {
    { "no_funds", "insufficient_funds", "later" },
    { "account_closed", "blocked", "other_method" },
    { "currency", "currency_refused", "never" },
};

static int32_t declined(instance *self, const call *open, const char *code) {
    const char *ours = "declined", *retry = "never";
    for (size_t at = 0; at < sizeof DECLINES / sizeof *DECLINES; at++)
        if (same(code, DECLINES[at].theirs)) {
            ours = DECLINES[at].ours;
            retry = DECLINES[at].retry;
        }
    text found = { 0 };
    text_add(&found, "{\"status\":\"failed\",");
    if (!is_refund(open->verb)) {
        text_add(&found, "\"code\":");
        text_quote(&found, ours);
        text_add(&found, ",\"retry\":");
        text_quote(&found, retry);
        text_add(&found, ",");
    }
    text_add(&found, "\"provider_code\":");
    if (code) text_quote(&found, code);
    else text_add(&found, "null");
    text_add(&found, "}");
    int32_t done = found.failed ? SAYSO_FAILED : answer(self, open->id, open->verb, found.bytes);
    text_free(&found);
    return done;
}

static int is_currency(const char *code) {
    if (!code || strlen(code) != 3) return 0;
    return strspn(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 3;
}

/* A success, with reference, amount and currency as the bank gave them back: to compare them is the host's office. */
static int32_t succeeded(instance *self, const call *open, const json *body) {
    int whole;
    int64_t minor = json_whole(json_field(body, "amount_minor"), &whole);
    const char *currency = json_text(json_field(body, "currency")), *id = json_text(json_field(body, "id"));
    static const char *const KNOWN[] = { "USD", "EUR", "GBP", "CNY", "JPY" };
    int known = 0;
    for (size_t at = 0; at < sizeof KNOWN / sizeof *KNOWN; at++) known |= same(currency, KNOWN[at]);
    if (!whole || minor < 0 || !is_currency(currency) || !known || !id)
        return unknown(self, open->id, open->verb, "the bank says that it is done, but not how much it was");
    text found = { 0 };
    int refund = is_refund(open->verb);
    text_add(&found, refund ? "{\"status\":\"succeeded\"," : "{\"status\":\"succeeded\",\"receipt\":{");
    if (!refund) {
        text_add(&found, "\"reference\":");
        text_quote(&found, open->reference);
        text_add(&found, ",");
    }
    text_add(&found, "\"provider_reference\":");
    text_quote(&found, id);
    text_add(&found, ",\"amount\":{\"minor\":");
    text_number(&found, minor);
    text_add(&found, ",\"currency\":");
    text_quote(&found, currency);
    text_add(&found, refund ? "}}" : "}}}");
    int32_t done = found.failed ? SAYSO_FAILED : answer(self, open->id, open->verb, found.bytes);
    text_free(&found);
    return done;
}

/* What a payment or refund of the bank means. */
static int32_t outcome(instance *self, const call *open, const json *body) {
    const char *status = json_text(json_field(body, "status"));
    if (!same(json_text(json_field(body, "reference")), open->reference))
        return unknown(self, open->id, open->verb, "the bank answered about something else");
    if (!status) return unknown(self, open->id, open->verb, "the bank does not say what became of it");
    if (same(status, "done")) return succeeded(self, open, body);
    if (same(status, "refused")) return declined(self, open, json_text(json_field(body, "code")));
    if (same(status, "canceled") && !is_refund(open->verb))
        return answer(self, open->id, open->verb,
                      "{\"status\":\"failed\",\"code\":\"canceled\",\"provider_code\":null,\"retry\":\"later\"}");
    /* Whatever else the bank may say: not known to be done, not known to have failed. */
    return answer(self, open->id, open->verb,
                  is_refund(open->verb) ? "{\"status\":\"pending\",\"poll_after_ms\":2000,\"provider_reference\":null}"
                                        : "{\"status\":\"pending\",\"poll_after_ms\":2000,\"deadline_ms\":null,\"provider_reference\":null}");
}

/* The bank's answer to an exchange. */
static int32_t responded(instance *self, const call *open, const json *response) {
    int whole;
    int64_t status = json_whole(json_field(response, "status"), &whole);
    const char *written = json_text(json_field(response, "body"));
    json *body = written ? json_read(written, strlen(written)) : NULL;
    int32_t done;
    if (whole && status == 429 && same(open->verb, "pay"))
        done = answer(self, open->id, open->verb, "{\"status\":\"not_sent\",\"reason\":\"the bank is too busy\"}");
    else if (whole && status == 404 && same(json_text(json_field(body, "error")), "unknown") && !same(open->verb, "pay")
             && (same(open->verb, "query") || is_refund(open->verb))) {
        text out = { 0 };
        opens_return(&out, open->id, open->verb);
        text_add(&out, same(open->verb, "query") ? "{\"answer\":\"not_found\"}}" : "{\"status\":\"not_found\"}}");
        done = emit(&self->host, &out);
    } else if (whole && (status == 200 || status == 201 || status == 402) && body)
        done = outcome(self, open, body);
    else
        done = unknown(self, open->id, open->verb, "the bank's answer is not understood");
    json_free(body);
    return done;
}

/* ---- calls ------------------------------------------------------------------------------------------------------ */

static int plain(const char *reference) {
    static const char *const allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
    return reference && *reference && strspn(reference, allowed) == strlen(reference);
}

/* The body of a request that pays or gives back; 0 if the call lacks something. */
static int paying_body(text *body, const json *request, const char *reference, int refund) {
    int whole;
    const json *amount = json_field(request, "amount"), *payee = json_field(request, "payee");
    int64_t minor = json_whole(json_field(amount, "minor"), &whole);
    const char *currency = json_text(json_field(amount, "currency"));
    const char *of = refund ? json_text(json_field(request, "reference")) : json_text(json_field(payee, "id"));
    if (!whole || !currency || !of) return 0;
    text_add(body, "{\"reference\":");
    text_quote(body, reference);
    text_add(body, ",\"amount_minor\":");
    text_number(body, minor);
    text_add(body, ",\"currency\":");
    text_quote(body, currency);
    text_add(body, refund ? ",\"payment\":" : ",\"payee\":");
    text_quote(body, of);
    text_add(body, "}");
    return !body->failed;
}

/* Asks the host for the one exchange of a call. */
static int32_t ask(instance *self, const call *open, const char *method, const char *path, const char *key, const char *body) {
    text out = { 0 };
    text_add(&out, "{\"type\":\"http\",\"call\":");
    text_number(&out, (int64_t)open->id);
    text_add(&out, ",\"exchange\":");
    text_number(&out, (int64_t)open->exchange);
    text_add(&out, ",\"request\":{\"method\":");
    text_quote(&out, method);
    text_add(&out, ",\"url\":\"" BASE "/");
    text_add(&out, path); /* made of plain characters alone */
    text_add(&out, "\",\"headers\":[[\"authorization\",\"Bearer {{secret:api_key}}\"],[\"content-type\",\"application/json\"]");
    if (key) {
        text_add(&out, ",[\"idempotency-key\",");
        text_quote(&out, key);
        text_add(&out, "]");
    }
    text_add(&out, "],\"body\":");
    text_quote(&out, body);
    text_add(&out, key ? ",\"idempotent\":false}}" : ",\"idempotent\":true}}");
    return emit(&self->host, &out);
}

static int32_t failed(instance *self, uint64_t id, const char *reason) {
    text out = { 0 };
    text_add(&out, "{\"type\":\"failed\",\"id\":");
    text_number(&out, (int64_t)id);
    text_add(&out, ",\"reason\":");
    text_quote(&out, reason);
    text_add(&out, "}");
    return emit(&self->host, &out);
}

static void close_call(instance *self, const call *closed) {
    for (call **place = &self->open; *place; place = &(*place)->next)
        if (*place == closed) {
            call *gone = *place;
            *place = gone->next;
            free(gone->reference);
            free(gone);
            return;
        }
}

static call *open_call(instance *self, uint64_t id, const char *verb, const char *reference) {
    call *opened = calloc(1, sizeof *opened);
    size_t length = strlen(reference) + 1;
    if (!opened || !(opened->reference = malloc(length))) {
        free(opened);
        return NULL;
    }
    memcpy(opened->reference, reference, length);
    strncpy(opened->verb, verb, sizeof opened->verb - 1);
    opened->id = id;
    opened->exchange = ++self->exchanges;
    opened->next = self->open;
    self->open = opened;
    return opened;
}

/* A verb that asks the bank one thing. */
static int32_t begin(instance *self, uint64_t id, const char *verb, const json *request) {
    int refund = is_refund(verb), acts = same(verb, "pay") || same(verb, "refund");
    const char *reference = json_text(json_field(request, refund ? "refund_reference" : "reference"));
    const char *key = json_text(json_field(request, "idempotency_key"));
    text body = { 0 }, path = { 0 };
    if (!plain(reference) || (acts && (!key || !paying_body(&body, request, reference, refund)))) {
        text_free(&body);
        return failed(self, id, "the request lacks its reference, key, amount or payee");
    }
    call *opened = open_call(self, id, verb, reference);
    if (!opened) return failed(self, id, "out of memory");
    text_add(&path, refund ? "refunds" : "payments");
    int cancel = same(verb, "cancel");
    if (!acts) {
        text_add(&path, cancel ? "/" : "?reference=");
        text_add(&path, reference);
        text_add(&path, cancel ? "/cancel" : "");
    }
    int posts = acts || cancel;
    int32_t code = ask(self, opened, posts ? "POST" : "GET", path.bytes ? path.bytes : "", posts ? key : NULL, body.bytes ? body.bytes : "");
    text_free(&body);
    text_free(&path);
    return code;
}

static int32_t called(instance *self, const json *message) {
    int whole;
    uint64_t id = (uint64_t)json_whole(json_field(message, "id"), &whole);
    const char *verb = json_text(json_field(message, "verb"));
    const json *request = json_field(message, "request");
    if (!whole) return SAYSO_MALFORMED;
    if (same(verb, "verify_webhook")) {
        /* This bank signs nothing, so nothing that claims to come from it can be believed. */
        text out = { 0 };
        opens_return(&out, id, verb);
        text_add(&out, "{\"verdict\":\"refused\",\"reason\":\"this bank sends no notifications\"}}");
        return emit(&self->host, &out);
    }
    if (same(verb, "acknowledge_webhook"))
        return answer(self, id, verb, "{\"status\":204,\"headers\":[],\"body\":\"\"}");
    static const char *const VERBS[] = { "pay", "advance", "query", "cancel", "refund", "query_refund" };
    for (size_t at = 0; at < sizeof VERBS / sizeof *VERBS; at++)
        if (same(verb, VERBS[at])) return begin(self, id, verb, request);
    return failed(self, id, "a verb that this plugin does not know");
}

/* The answer to an exchange, or the news that there is none. Late ones are ignored. */
static int32_t answered(instance *self, const json *message, int response) {
    int whole;
    uint64_t exchange = (uint64_t)json_whole(json_field(message, "exchange"), &whole);
    call *open = self->open;
    while (open && (!whole || open->exchange != exchange)) open = open->next;
    if (!open) return SAYSO_OK;
    int32_t code;
    if (response) code = responded(self, open, json_field(message, "response"));
    else if (same(json_text(json_field(message, "failure")), "not_sent") && same(open->verb, "pay"))
        code = answer(self, open->id, open->verb, "{\"status\":\"not_sent\",\"reason\":\"the bank was not reached\"}");
    else
        code = unknown(self, open->id, open->verb, "the bank's answer was lost");
    close_call(self, open);
    return code;
}

/* ---- the table -------------------------------------------------------------------------------------------------- */

static int usable(const sayso_host_table *host) {
    return host && !memcmp(host->header.magic, SAYSO_MAGIC, sizeof host->header.magic)
        && host->header.major == SAYSO_ABI_MAJOR && host->header.struct_size >= sizeof(sayso_host_table);
}

static int32_t describe(const sayso_host_table *host) {
    if (!usable(host)) return SAYSO_MALFORMED;
    return say(host, "{\"type\":\"description\",\"capabilities\":" CAPABILITIES "}", NULL, "");
}

static int32_t create(const sayso_host_table *host, const uint8_t *configuration, size_t length, void **made) {
    if (!usable(host) || !configuration || !made || length > SAYSO_MESSAGE_BYTES_MAX) return SAYSO_MALFORMED;
    json *settings = json_read((const char *)configuration, length);
    int object = settings && settings->kind == JSON_OBJECT;
    json_free(settings);
    instance *self = object ? calloc(1, sizeof *self) : NULL;
    if (!self) {
        say(host, "{\"type\":\"refused\",\"reason\":", "the settings are not a JSON object: write {}", "}");
        return SAYSO_FAILED;
    }
    self->host = *host;
    *made = self;
    return say(host, "{\"type\":\"ready\",\"capabilities\":" CAPABILITIES "}", NULL, "");
}

static int32_t deliver(void *made, const uint8_t *bytes, size_t length) {
    instance *self = made;
    if (!self || !bytes || length > SAYSO_MESSAGE_BYTES_MAX) return SAYSO_MALFORMED;
    json *message = json_read((const char *)bytes, length);
    const char *type = json_text(json_field(message, "type"));
    int32_t code = SAYSO_OK; /* a message of a later version is ignored */
    if (!type) code = SAYSO_MALFORMED;
    else if (same(type, "call")) code = called(self, message);
    else if (same(type, "response")) code = answered(self, message, 1);
    else if (same(type, "no_response")) code = answered(self, message, 0);
    else if (same(type, "abandon")) {
        int whole;
        uint64_t id = (uint64_t)json_whole(json_field(message, "id"), &whole);
        for (call *open = self->open, *next; whole && open; open = next) {
            next = open->next;
            if (open->id == id) close_call(self, open);
        }
    }
    json_free(message);
    return code;
}

static void destroy(void *made) {
    instance *self = made;
    while (self && self->open) close_call(self, self->open);
    free(self);
}

static const sayso_plugin_table TABLE = {
    { SAYSO_MAGIC_BYTES, SAYSO_ABI_MAJOR, SAYSO_ABI_MINOR, sizeof(sayso_plugin_table) },
    describe, create, deliver, destroy,
};

SAYSO_EXPORT const sayso_plugin_table *sayso_plugin_entry(void) { return &TABLE; }
