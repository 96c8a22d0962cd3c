/* A small JSON reader and writer. Public domain. */
#include "json.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX 64

typedef struct { const char *at, *end; } reader;

static json *value(reader *in, int depth);

static void blanks(reader *in) {
    while (in->at < in->end && strchr(" \t\r\n", *in->at) && *in->at) in->at++;
}

static int take(reader *in, char wanted) {
    blanks(in);
    if (in->at == in->end || *in->at != wanted) return 0;
    in->at++;
    return 1;
}

static int word(reader *in, const char *wanted) {
    size_t length = strlen(wanted);
    if ((size_t)(in->end - in->at) < length || memcmp(in->at, wanted, length)) return 0;
    in->at += length;
    return 1;
}

static int hex4(reader *in, uint32_t *code) {
    *code = 0;
    for (int digit = 0; digit < 4; digit++) {
        if (in->at == in->end) return 0;
        char c = *in->at++;
        uint32_t part;
        if (c >= '0' && c <= '9') part = (uint32_t)(c - '0');
        else if (c >= 'a' && c <= 'f') part = (uint32_t)(c - 'a' + 10);
        else if (c >= 'A' && c <= 'F') part = (uint32_t)(c - 'A' + 10);
        else return 0;
        *code = *code * 16 + part;
    }
    return 1;
}

static char *utf8(char *out, uint32_t code) {
    if (code < 0x80) *out++ = (char)code;
    else if (code < 0x800) {
        *out++ = (char)(0xC0 | code >> 6);
        *out++ = (char)(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
        *out++ = (char)(0xE0 | code >> 12);
        *out++ = (char)(0x80 | (code >> 6 & 0x3F));
        *out++ = (char)(0x80 | (code & 0x3F));
    } else {
        *out++ = (char)(0xF0 | code >> 18);
        *out++ = (char)(0x80 | (code >> 12 & 0x3F));
        *out++ = (char)(0x80 | (code >> 6 & 0x3F));
        *out++ = (char)(0x80 | (code & 0x3F));
    }
    return out;
}

/* What stands after a backslash, written to `*out`. */
static int escape(reader *in, char **out) {
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    if (in->at == in->end) return 0;
    char c = *in->at++;
    const char *known = c ? strchr(from, c) : NULL;
    if (known) {
        *(*out)++ = to[known - from];
        return 1;
    }
    uint32_t code, low;
    if (c != 'u' || !hex4(in, &code)) return 0;
    if (code >= 0xD800 && code < 0xDC00) {
        if (!word(in, "\\u") || !hex4(in, &low) || low < 0xDC00 || low > 0xDFFF) return 0;
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    } else if (code >= 0xDC00 && code <= 0xDFFF) return 0;
    *out = utf8(*out, code);
    return 1;
}

/* A text after its opening quote. No text is longer than what it is written with. */
static char *quoted(reader *in, size_t *length) {
    const char *stop = in->at;
    while (stop < in->end && *stop != '"') stop += *stop == '\\' ? 2 : 1;
    if (stop >= in->end) return NULL;
    char *made = malloc((size_t)(stop - in->at) + 1), *out = made;
    if (!made) return NULL;
    while (in->at < in->end && *in->at != '"') {
        unsigned char c = (unsigned char)*in->at++;
        if (c < 0x20 || (c == '\\' && !escape(in, &out))) {
            free(made);
            return NULL;
        }
        if (c != '\\') *out++ = (char)c;
    }
    in->at++;
    *out = 0;
    *length = (size_t)(out - made);
    return made;
}

static json *number(reader *in, json *made) {
    const char *start = in->at;
    while (in->at < in->end && *in->at && strchr("+-.0123456789eE", *in->at)) in->at++;
    made->length = (size_t)(in->at - start);
    if (!made->length || !(made->text = malloc(made->length + 1))) return NULL;
    memcpy(made->text, start, made->length);
    made->text[made->length] = 0;
    char *end;
    strtod(made->text, &end);
    made->kind = JSON_NUMBER;
    return *end || strchr("+.eE", made->text[0]) ? NULL : made;
}

static json *inside(reader *in, json *made, int depth) {
    char close = made->kind == JSON_LIST ? ']' : '}';
    json **place = &made->first;
    if (take(in, close)) return made;
    do {
        char *name = NULL;
        size_t length;
        if (made->kind == JSON_OBJECT && (!take(in, '"') || !(name = quoted(in, &length)) || !take(in, ':'))) {
            free(name);
            return NULL;
        }
        if (!(*place = value(in, depth + 1))) {
            free(name);
            return NULL;
        }
        (*place)->name = name;
        place = &(*place)->next;
    } while (take(in, ','));
    return take(in, close) ? made : NULL;
}

static json *value(reader *in, int depth) {
    blanks(in);
    if (depth > DEPTH_MAX || in->at == in->end) return NULL;
    json *made = calloc(1, sizeof *made), *done = NULL;
    if (!made) return NULL;
    if (*in->at == '"') {
        in->at++;
        made->kind = JSON_TEXT;
        if ((made->text = quoted(in, &made->length))) done = made;
    } else if (*in->at == '[' || *in->at == '{') {
        made->kind = *in->at++ == '[' ? JSON_LIST : JSON_OBJECT;
        done = inside(in, made, depth);
    } else if (word(in, "true") || word(in, "false")) {
        made->kind = JSON_BOOL;
        done = made;
    } else if (word(in, "null")) done = made;
    else done = number(in, made);
    if (!done) json_free(made);
    return done;
}

json *json_read(const char *bytes, size_t length) {
    reader in = { bytes, bytes + length };
    json *made = value(&in, 0);
    blanks(&in);
    if (made && in.at != in.end) {
        json_free(made);
        made = NULL;
    }
    return made;
}

void json_free(json *value) {
    while (value) {
        json *next = value->next;
        json_free(value->first);
        free(value->name);
        free(value->text);
        free(value);
        value = next;
    }
}

const json *json_field(const json *object, const char *name) {
    if (!object || object->kind != JSON_OBJECT) return NULL;
    for (const json *field = object->first; field; field = field->next)
        if (field->name && !strcmp(field->name, name)) return field;
    return NULL;
}

const char *json_text(const json *value) {
    return value && value->kind == JSON_TEXT && strlen(value->text) == value->length ? value->text : NULL;
}

int64_t json_whole(const json *value, int *ok) {
    char *end;
    *ok = value && value->kind == JSON_NUMBER && value->length < 20 && !strpbrk(value->text, ".eE");
    int64_t whole = *ok ? (int64_t)strtoll(value->text, &end, 10) : 0;
    /* strtoll keeps to its bounds: what stands at one of them may have been more. */
    if (*ok && (whole == INT64_MAX || whole == INT64_MIN)) *ok = 0;
    return *ok ? whole : 0;
}

static void append(text *out, const char *bytes, size_t length) {
    if (out->length + length + 1 > out->room) {
        size_t room = (out->length + length + 1) * 2;
        char *more = realloc(out->bytes, room);
        if (!more) {
            out->failed = 1;
            return;
        }
        out->bytes = more;
        out->room = room;
    }
    memcpy(out->bytes + out->length, bytes, length);
    out->length += length;
    out->bytes[out->length] = 0;
}

void text_add(text *out, const char *plain) { append(out, plain, strlen(plain)); }

void text_quote(text *out, const char *plain) {
    append(out, "\"", 1);
    for (const unsigned char *c = (const unsigned char *)plain; *c; c++) {
        char code[8];
        if (*c == '"' || *c == '\\') {
            append(out, "\\", 1);
            append(out, (const char *)c, 1);
        } else if (*c < 0x20) {
            snprintf(code, sizeof code, "\\u%04x", *c);
            append(out, code, 6);
        } else append(out, (const char *)c, 1);
    }
    append(out, "\"", 1);
}

void text_number(text *out, int64_t number) {
    char digits[24];
    snprintf(digits, sizeof digits, "%lld", (long long)number);
    text_add(out, digits);
}

void text_free(text *out) {
    free(out->bytes);
    memset(out, 0, sizeof *out);
}
