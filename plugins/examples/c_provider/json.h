/* A small JSON reader and writer: enough for the messages of a plugin, strict, and bounded in depth. Public domain. */
#ifndef JSON_H
#define JSON_H

#include <stddef.h>
#include <stdint.h>

typedef enum { JSON_NULL, JSON_BOOL, JSON_NUMBER, JSON_TEXT, JSON_LIST, JSON_OBJECT } json_kind;

/* One value. `text` is what a text says, or a number as it is written; both end with a NUL byte. */
typedef struct json {
    json_kind kind;
    char *name;         /* the field's name inside an object */
    char *text;
    size_t length;      /* of `text`, which may itself hold NUL bytes */
    struct json *first; /* the first value inside a list or object */
    struct json *next;  /* the next value beside this one */
} json;

/* Reads one value; NULL if the bytes are not exactly one, or nested too deep. To be freed with json_free. */
json *json_read(const char *bytes, size_t length);
void json_free(json *value);

/* The field of an object, or NULL. */
const json *json_field(const json *object, const char *name);
/* What a text says; NULL if it is not a text, or has a NUL byte in it. */
const char *json_text(const json *value);
/* A whole number; 0 if it is not one, or too large, in which case `*ok` is 0 too. */
int64_t json_whole(const json *value, int *ok);

/* A text that grows. `failed` is set when memory ends. */
typedef struct { char *bytes; size_t length, room; int failed; } text;

void text_add(text *out, const char *plain);        /* as it stands */
void text_quote(text *out, const char *plain);      /* with quotes, escaped for JSON */
void text_number(text *out, int64_t number);
void text_free(text *out);

#endif
