/* What the files that read named values share: fields.c, shapes.c, values.c, headers.c. */
#ifndef TALLOW_VALUES_H
#define TALLOW_VALUES_H

#include "book.h"

/* What a sign may be part of; each is the character class of a pattern in `values.py`. */
enum {
    IN_NAME = 1,                          /* _NAME_SIGNS */
    IN_LOOSE = 2,                         /* _LOOSE */
    IN_COOKIE_NAME = 4,                   /* _COOKIE, before the "=" */
    IN_COOKIE = 8,                        /* _COOKIE, behind it */
    IN_PARAMETER = 16,                    /* _PARAMETER, behind the "=", without quotes */
    IN_STREET = 32,                       /* _STREET */
    IN_QUOTATION = 64                     /* neither a quote, nor a new line, nor an escape */
};
extern const uint8_t VALUE_SIGNS[SIGNS];

static inline bool is_in(uint8_t sign, uint8_t kinds) { return (VALUE_SIGNS[sign] & kinds) != 0; }
static inline bool is_quote(uint8_t sign) { return sign == '"' || sign == '\''; }
static inline bool is_blank(uint8_t sign) { return sign == ' ' || sign == '\t'; }

static inline bool is_word_sign(uint8_t c) { return is_alnum(c) || c == '_'; }
static inline bool is_hex(uint8_t c) { return is_digit(c) || (uint8_t)((c | 32) - 'a') < 6; }

static inline Text part(Text value, int32_t start, int32_t end)
{
    return (Text){value.at + start, end > start ? end - start : 0};
}

static inline bool has_sign(Text value, uint8_t sign)
{
    return value.size > 0 && memchr(value.at, sign, (size_t)value.size) != NULL;
}

static inline bool starts_with(Text text, int32_t place, const char *what)
{
    size_t size = strlen(what);
    return place >= 0 && text.size - place >= (int32_t)size && memcmp(text.at + place, what, size) == 0;
}

/* How many blanks stand at `place`, `most` at most. */
static inline int32_t blanks_at(Text text, int32_t place, int32_t most)
{
    int32_t count = 0;
    while (count < most && is_blank(sign_at(text, place + count))) count++;
    return count;
}

static inline int32_t letters_end(Text text, int32_t place)
{
    while (is_alpha(sign_at(text, place))) place++;
    return place;
}

enum { LONGEST_SAFE = 40 };               /* safe values are shorter */

/* fields.c: `spec` as in `make_names`; NULL with a ValueError when it is none */
Names *make_names(PyObject *spec);
void free_names(Names *names);
/* The class of a label, or NULL. */
const KeyClass *class_of(const Book *book, int32_t label);
/* Whether the value, in lower case, is one that tells nothing. It is not empty. */
bool is_safe_value(const Names *names, const uint8_t *at, int32_t size);

enum { LONGEST_VALUE = 64000, FIRST_LOOK = 1000 };

/* hidden.c: whether it stands for a secret instead of being one */
bool is_hidden(Text value);
/* shapes.c: whether long letters of both cases make few words: `vxugYVkccBzQqWWeRtKlM` */
bool is_drawn(Text letters);
/* shapes.c: whether a value with slashes in it is base64, not a path */
bool is_encoded(Text value);

/* ends.c: where the quotation that begins at `start` ends; without an end, the line does */
int32_t closing_of(Text text, int32_t start, uint8_t quote);
/* Where a value without quotes ends, as `ValueReader._end`; `entry` may be NULL. */
int32_t value_end(Job *job, int32_t start, Shape shape, const KeyClass *entry);
/* Where the scope of a cloud's key, such as `/20250314/us-east-1/s3/aws4_request`, begins, or `end`. */
int32_t scope_of(Job *job, int32_t start, int32_t end);
/* values.c: the place of a sign no token has, or -1 */
int32_t cut_of(Text text, int32_t start, int32_t end, const KeyClass *entry);
/* The end of a value that may have blanks inside: numbers, names, addresses. */
int32_t extended_end(Text text, int32_t end, Shape shape);

#endif
