/* What the files of the scrubber's matcher share.
 *
 * Everything here works on ASCII text. What it finds is what the pure-Python scrubber finds
 * (`scrubber.py`, the specification); a text it will not judge is handed back to that one.
 * Any number of threads may use one compiled book: it is never written to after it is made.
 */
#ifndef TALLOW_SCAN_H
#define TALLOW_SCAN_H

#define PY_SSIZE_T_CLEAN
#define Py_LIMITED_API 0x030b0000
#include <Python.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "names.h"

#define WORDS 16  /* 64-bit words in a set of rules, at most: up to 1,024 rules */
#define ASCII 128
#define SIGNS 256 /* ASCII, and from 128 on what stands for characters beyond it */
#define LEADS 6   /* signs from its start on that a match is judged by before it is tried */
#define FARS 4    /* signs further on, for rules that are tried everywhere */
#define GROUPS 4  /* groups of a pattern whose ends are kept */

enum { OWN = -1 };                        /* the label of a span that is its rule's own */
enum { FOUND = 1, NONE = 0, COSTLY = -1 };

typedef struct { const uint8_t *at; int32_t size; } Text;

/* Where a pattern matched; `groups[2 * n - 2]` and the next are the ends of group n, or -1. */
typedef struct { int32_t start, end, groups[2 * GROUPS]; } Match;

/* Words of one option or constant, sorted, lower case as Python has them. */
typedef struct { int32_t count; char **words; int32_t *sizes; } WordSet;

/* What a rule's check may ask for; -1 or NULL where the rule does not say. */
typedef struct {
    int32_t near, near_first;             /* program of its `near` words and the set of their first signs, or -1 */
    int32_t prefix, least_signs;
    bool is_random, wants_digits;
    const WordSet *words, *pages;         /* `words`, `shared` or `plain_users`; `pages` */
    uint64_t schemes;                     /* bit n: SCHEME_NAMES[n] */
} Options;

/* The class of a telling field name, as `fields.KeyClass`. */
typedef struct { int32_t label; Shape shape; bool is_session, is_signature, is_credential; } KeyClass;

typedef struct Book Book;                 /* book.h */
typedef struct Names Names;               /* fields.c */

typedef struct { int32_t start, end, label, order; } Span;
typedef struct { int32_t count, room; Span *at; Span few[32]; } Spans;

/* One text being looked through. `has_failed`: too costly, or no memory; the caller gives up. */
typedef struct Job {
    const Book *book;
    Text text;
    int depth;                            /* of base64 within base64 */
    bool has_failed;
    Spans *taken;                         /* what the check at work took: `take()` adds to it */
    int64_t steps;                        /* what patterns may still cost */
} Job;

/* --- match.c: patterns of the Python modules, by the names of names.h ------------------------- */

/* As `pattern.match(text, place, limit)`, `.search` and `.fullmatch`; `limit` is the `endpos`. */
bool match_at(Job *job, PatternName name, int32_t place, int32_t limit, Match *match);
bool search(Job *job, PatternName name, int32_t place, int32_t limit, Match *match);
bool is_full_match(Job *job, PatternName name, int32_t start, int32_t end);
/* The same for a text that is not the job's, such as a part with signs taken out. */
bool is_full_match_of(Job *job, PatternName name, Text text);
/* As search, for a rule's own words: `options->near`. */
bool search_near(Job *job, const Options *options, int32_t place, int32_t limit);

/* --- text.c: small questions ------------------------------------------------------------------ */

static inline bool is_digit(uint8_t c) { return (uint8_t)(c - '0') < 10; }
static inline bool is_lower(uint8_t c) { return (uint8_t)(c - 'a') < 26; }
static inline bool is_upper(uint8_t c) { return (uint8_t)(c - 'A') < 26; }
static inline bool is_alpha(uint8_t c) { return is_lower(c | 32); }
static inline bool is_alnum(uint8_t c) { return is_digit(c) || is_alpha(c); }
static inline bool is_space(uint8_t c) { return c == ' ' || (c >= 9 && c <= 13) || (c >= 28 && c <= 31); }
static inline uint8_t lowered(uint8_t c) { return is_upper(c) ? c + 32 : c; }

/* The sign at `place`, or 0 outside of the text. */
static inline uint8_t sign_at(Text text, int32_t place)
{
    return place >= 0 && place < text.size ? text.at[place] : 0;
}

/* Whether the part's lower-case form, or the part as it is, is one of the words. */
bool has_lowered(const WordSet *set, const uint8_t *at, int32_t size);
bool has_word(const WordSet *set, const uint8_t *at, int32_t size);
const WordSet *word_set(const Book *book, WordSetName name);

/* --- hits.c ----------------------------------------------------------------------------------- */

/* Adds to what the check took: (start, end, class); `label` is OWN or that of a KeyClass. */
void take(Job *job, int32_t start, int32_t end, int32_t label);
/* Whether there is anything to scrub in `text`, found inside base64 of the job's text. */
bool finds(Job *job, Text text);
bool keeps_private(const Book *book);
bool scrubs_users(const Book *book);
int32_t label_encoded(const Book *book);
int32_t label_url_user(const Book *book);

/* --- views.c ---------------------------------------------------------------------------------- */

/* Whether the word around a stretch is that of a form, whose blanks are pluses. */
bool is_in_form(Text text, int32_t start, int32_t end);

/* --- the checks: each is its namesake in Python ----------------------------------------------- */

typedef void Check(Job *job, const Options *options, int32_t start, int32_t end);

/* addresses.c */
Check check_email, check_ipv4, check_ipv6, check_mac, check_phone, check_userinfo;
/* announced.c: whether words around announce a telephone number */
bool is_announced(Job *job, int32_t start, int32_t end);
/* checks.c */
Check check_card, check_iban, check_official, check_near, check_home, check_user;
/* tokens.c */
Check check_mixed, check_bearer, check_basic, check_spoken, check_key_block, check_key_tail;
Check check_blob;
/* values.c */
Check check_named;
void take_within(Job *job, const KeyClass *entry, int32_t start, int32_t end);
/* statements.c */
Check check_cli, check_sql_values;

/* numbers.c */
bool is_luhn(const uint8_t *digits, int32_t size);
bool has_brand(const uint8_t *digits, int32_t size);
int32_t iban_end(Text text, int32_t start, int32_t length);
int32_t iban_length(const Book *book, uint8_t first, uint8_t second); /* 0: no such country */
bool passes(const uint8_t *number, int32_t size, uint64_t schemes);   /* upper case, no joints */

/* fields.c */
const KeyClass *classify(const Book *book, const uint8_t *name, int32_t size); /* or NULL */
bool is_placeholder(Job *job, int32_t start, int32_t end);
bool suits(Job *job, Shape shape, int32_t start, int32_t end);

#endif
