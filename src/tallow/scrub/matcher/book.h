/* A compiled rule book: what `programs.py` and `native.py` write, laid out for matching. */
#ifndef TALLOW_BOOK_H
#define TALLOW_BOOK_H

#include "scan.h"

#define MOST_WINDOWS 4096
#define STEPS_A_SIGN 400
#define SIGN_KINDS 64                     /* of signs: those of the needs apart, the rest is one */
#define PAIRS (SIGN_KINDS * SIGN_KINDS)
#define TRIOS (1 << 13)
#define QUADS (1 << 15)
#define HEADS (1 << 12)

/* flags: 1 retry, 2 before, 4 after, 8 extend, 16 needs a literal */
typedef struct {
    int32_t code, group, flags;
    int32_t before, after, extend;        /* numbers of sets */
} Rule;

/* Signs, one bit each: all sets of a book fit where the processor is fast. */
typedef struct { uint64_t bits[SIGNS / 64]; } Set;

static inline bool is_member(const Set *set, uint8_t sign)
{
    return set->bits[sign >> 6] >> (sign & 63) & 1;
}

/* A literal some rules need. */
typedef struct { int32_t first, length, windows; } Need;

/* The same, as it is looked for: its first eight signs, its windows, the next with the same head;
 * `opens`: it lets rules in everywhere.
 */
typedef struct { uint64_t signs, mask; int32_t windows, end; int16_t length, next; bool opens; } Key;

/* Where a match of `rule` can begin before its literal: as `windows.Window`. */
typedef struct { int32_t rule, least, most, before, first, last, after; } Window;

/* The same, as it is asked: of sets of signs the kinds. */
typedef struct { int32_t rule, least, most; uint64_t before, first, last, after; } Reach;

/* What a rule refuses before its matches, and their first signs. */
typedef struct { Set refused, leads[LEADS]; } Beginning;

/* How a rule judges its matches; no check: takes the whole match, `asks`: Python has the check. */
typedef struct {
    Check *check;
    bool asks, is_modest;
    Options options;
} Judge;

/* A pattern of the checks; `first` is the set of signs it can begin with, or -1. */
typedef struct { int32_t code, first; } Program;

/* What a span stands for: a rule or the class of a name. */
typedef struct { int32_t rank; PyObject *id; char *marker; int32_t marker_size; } Label;

struct Book {
    int32_t n_rules, n_sets, n_code, n_tables, n_needs, n_windows, n_text;
    Rule *rules;
    Set *sets;
    int32_t *code;
    uint8_t (*tables)[SIGNS];             /* of a switch: which of the places behind it */
    Need *needs;
    Window *windows;
    char *text;
    int32_t words;                        /* in a set of rules of this book */
    int32_t scanned_words;                /* those with rules that are tried everywhere */
    int16_t bits[WORDS * 64];             /* the bit of each rule in sets of rules */
    int16_t numbers[WORDS * 64];          /* the rule of each bit */
    uint64_t *needed;                     /* per need: the rules it lets in everywhere */
    Key *keys;                            /* of the needs */
    Reach *reaches;                       /* of the windows */
    Beginning *beginnings;                /* of the rules */
    uint8_t kinds[SIGNS];                 /* of signs: 0 to SIGN_KINDS - 1 */
    uint8_t pairs[PAIRS];                 /* by two kinds: 1 the second may be a need, 2 both, 4 the first */
    uint64_t trios[TRIOS / 64];           /* bit: `trio_of` a need of three signs */
    uint64_t quads[QUADS / 64];           /* bit: `quad_of` the first four of a longer need */
    int16_t ones[SIGN_KINDS], twos[PAIRS]; /* the first need of a kind, or two; -1: none */
    int16_t trio_heads[HEADS], quad_heads[HEADS]; /* the same by the number of a need's bit */
    uint64_t *starts[LEADS];              /* [scanned word][sign]: rules with it as 1st, 2nd, ... */
    uint64_t *fars[FARS];                 /* the same for what stands `FAR_PLACES` behind the 1st */
    uint64_t over[FARS][WORDS];           /* rules whose matches may end before that place */
    uint64_t *refuses;                    /* [word][sign]: rules that refuse it before them */
    uint64_t always[WORDS];               /* rules without needs */
    bool can_judge;                       /* the rest is there: the book finds hits, not only matches */
    Judge *judges;
    Program patterns[N_PATTERNS];
    WordSet sets_of_words[N_WORD_SETS];
    WordSet *own_words;                   /* of the rules' options */
    int32_t n_own_words;
    int32_t n_labels;
    Label *labels;
    uint8_t *yields;                      /* n_labels * n_labels: the first gives way to the second */
    uint8_t iban_lengths[26 * 26];
    bool keeps_private, scrubs_users;
    int32_t label_encoded, label_url_user;
    Names *names;
};

static inline bool in_set(const Book *book, int32_t set, uint8_t sign)
{
    return is_member(&book->sets[set], sign);
}

/* Numbers of bits for the kinds of three or four signs, six bits each; others may share them. */
static inline uint32_t trio_of(uint32_t kinds) { return ((kinds & 0x3ffff) * 2654435761u) >> 19; }
static inline uint32_t quad_of(uint32_t kinds) { return ((kinds & 0xffffff) * 2654435761u) >> 17; }

/* book.c */
extern const int32_t FAR_PLACES[FARS];
Book *book_of(PyObject *capsule);
const Names *names_of(const Book *book);
PyObject *make_book(PyObject *module, PyObject *args);

/* judging.c: the part of a book that checks need, read from Python objects */
bool read_judging(Book *book, PyObject *spec);
void free_judging(Book *book);

/* codes.c: on making the book; false: it is no code */
bool prepare_code(Book *book);

/* match.c: runs the program at `pc` at one place; `end` and `n_caps` of `caps` say what it took */
int run(const Book *book, int32_t pc, const uint8_t *text, int32_t size, int32_t pos, bool to_end,
        int32_t *end, int32_t *caps, int32_t n_caps, int64_t *steps);

/* needs.c: where the literals of rules stand, and what can begin before them */
typedef struct { int32_t rule, place; } Start;
typedef struct { int32_t count, room; Start *at; Start few[128]; } Starts;

/* What is known of one text while its literals are looked for. */
typedef struct {
    const Book *book;
    Text text;
    uint64_t open[WORDS];                 /* rules to try everywhere */
    int32_t *done;                        /* per window: the places before it have been seen; */
    uint64_t is_met[MOST_WINDOWS / 64];   /* if its need has been met, else it is not set yet */
    Starts starts;                        /* places where rules are to be tried */
} Hunt;
bool chain_needs(Book *book);             /* on making the book; false: no memory, or no good needs */
bool find_needs(Hunt *hunt);              /* false: no memory */
/* Whether the neighbour before and the first signs let a rule begin at `place`. */
bool can_begin(const Book *book, Text text, int32_t rule, int32_t place);

/* find.c: where rules match, before any check */
typedef struct { int32_t rule, start, end, begin, finish; } Candidate;
typedef struct { int32_t count, room; Candidate *at; Candidate few[32]; } Candidates;
int find_all(const Book *book, Text text, int64_t *steps, Candidates *found);
int find_next(const Book *book, int32_t number, Text text, int32_t place, int64_t *steps,
              Candidate *found);
void free_candidates(Candidates *found);

/* views.c: the text with its escapes undone, and where each of its signs came from */
typedef struct { Text text; int32_t *from, *until; } View;
int undone(Text text, View *view);        /* FOUND, NONE: nothing to undo, COSTLY: not for us */
void free_view(View *view);
/* `place` of the original, or where the percent escape it is in ends; -1 within a colour. */
int32_t behind_escape(const View *view, Text original, int32_t place);

/* spans.c */
void begin_spans(Spans *spans);
bool add_span(Spans *spans, Span span);   /* false: no memory */
void sort_spans(Spans *spans);
void free_spans(Spans *spans);

/* hits.c */
int hits_in(const Book *book, Text text, int depth, PyObject *ask, Spans *hits);
/* The hits in the value of a field: what its class takes, and what its name leads to. */
int hits_in_field(const Book *book, Text name, const KeyClass *entry, Text text, PyObject *ask,
                  Spans *hits);

/* module.c */
bool read_text(PyObject *string, Text *text);
PyObject *rewritten(const Book *book, Text text, const Spans *hits);

/* walk.c */
PyObject *walk(PyObject *module, PyObject *args);

#endif
