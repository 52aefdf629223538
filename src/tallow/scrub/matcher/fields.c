/* What a field's name says about its value: `fields.FieldNames`.
 *
 * All names and phrases of the book are one set of words read from their ends. A name is read from
 * the right, sign by sign, and no further than some entry goes on.
 */
#include "trie.h"
#include "values.h"

enum { LONGEST_NAME = 200, LEAST_ID = 12 };

static const char *const SHAPES[] = {
#define AS_TEXT(name, text) text,
    SHAPE_NAMES(AS_TEXT)
#undef AS_TEXT
};

/* What it says of a name that its last words are a phrase. */
typedef enum { OF_CLASS, IS_SAFE, IS_SUFFIX } Saying;

/* A phrase that is the last whole words of a name; `sizes` of the words, the last one first. */
typedef struct {
    Saying saying;
    const KeyClass *entry;                /* of OF_CLASS */
    int32_t next, n_words;
    uint8_t sizes[LONGEST_NAME];
} Tail;

/* What is known of names that end with some letters and digits, or are nothing but them. */
typedef struct {
    const KeyClass *end, *name;
    int32_t tail;                         /* the first of the phrases of these letters, or -1 */
    bool is_safe;
} Fact;

/* A value that tells nothing; `next` has the same first sign and size, or is -1. */
typedef struct { int32_t first, next; } SafeValue;

struct Names {
    KeyClass *classes;
    Trie trie;
    Fact *facts;
    Tail **tails;
    SafeValue *values;
    uint8_t *text;                        /* of the safe values */
    int32_t n_classes, n_facts, n_tails, n_values, n_text;
    int32_t room_facts, room_tails, room_values, room_text;
    int32_t heads[ASCII][LONGEST_SAFE];   /* first safe value by its first sign and size, or -1 */
};

/* What a walk from the right of a name met. */
typedef struct {
    const KeyClass *end, *words, *name;   /* of the longest end, of the most words, of the whole */
    bool is_safe, has_safe_words;         /* the whole, its last words */
    int32_t rest;                         /* where its last word begins, to be dropped; or -1 */
} Walk;

/* --- making the table ------------------------------------------------------------------------- */

/* Makes room for `more` items behind `count`. */
static void *widened(void *at, int32_t count, int32_t more, int32_t *room, size_t size)
{
    if (count + more <= *room) return at;
    int32_t wanted = (count + more) * 2 + 64;
    void *larger = realloc(at, size * (size_t)wanted);
    if (larger) *room = wanted;
    return larger;
}

/* The fact about letters and digits, made if there is none; NULL: no memory. */
static Fact *noted(Names *names, const uint8_t *joined, int32_t size)
{
    int32_t *number = fact_of(&names->trie, joined, size);
    if (number == NULL) return NULL;
    if (*number < 0) {
        Fact *facts = widened(names->facts, names->n_facts, 1, &names->room_facts, sizeof *facts);
        if (facts == NULL) return NULL;
        names->facts = facts;
        facts[names->n_facts] = (Fact){NULL, NULL, -1, false};
        *number = names->n_facts++;
    }
    return &names->facts[*number];
}

/* The fact about a text without its spaces; `is_odd`: it has signs no name's words have. */
static Fact *noted_joined(Names *names, Text text, bool *is_odd)
{
    uint8_t joined[LONGEST_NAME];
    int32_t size = 0;
    *is_odd = true;
    for (int32_t i = 0; i < text.size; i++) {
        if (text.at[i] == ' ') continue;
        if (size == LONGEST_NAME || !(is_lower(text.at[i]) || is_digit(text.at[i]))) return NULL;
        joined[size++] = text.at[i];
    }
    *is_odd = size == 0;
    return *is_odd ? NULL : noted(names, joined, size);
}

/* Whether the phrases are the same words. */
static bool is_same(const Tail *a, const Tail *b)
{
    return a->n_words == b->n_words && memcmp(a->sizes, b->sizes, (size_t)a->n_words) == 0;
}

/* Reads the sizes of a phrase's words; no name ends with one that is not words and single spaces. */
static bool read_sizes(Tail *tail, Text phrase)
{
    int32_t end = phrase.size;
    for (int32_t i = end - 1; i >= -1; i--) {
        if (i >= 0 && phrase.at[i] != ' ') {
            if (i + 1 < end && is_digit(phrase.at[i]) != is_digit(phrase.at[i + 1])) return false;
            continue;
        }
        if (i + 1 == end || tail->n_words == LONGEST_NAME) return false;
        tail->sizes[tail->n_words++] = (uint8_t)(end - i - 1);
        end = i;
    }
    return true;
}

/* Adds a phrase; of two that are the same and have a class, the first counts. */
static bool add_tail(Names *names, Text phrase, Saying saying, const KeyClass *entry)
{
    bool is_odd;
    Tail tail = {.saying = saying, .entry = entry, .next = -1};
    Fact *fact = noted_joined(names, phrase, &is_odd);
    if (is_odd || (fact && !read_sizes(&tail, phrase))) return true;
    if (fact == NULL) return false;
    for (int32_t i = fact->tail; i >= 0; i = names->tails[i]->next)
        if (is_same(names->tails[i], &tail) && names->tails[i]->saying == saying) return true;
    Tail **tails = widened(names->tails, names->n_tails, 1, &names->room_tails, sizeof *tails);
    if (tails == NULL) return false;
    names->tails = tails;
    tail.next = fact->tail;
    tails[names->n_tails] = malloc(sizeof tail);
    if (tails[names->n_tails] == NULL) return false;
    *tails[names->n_tails] = tail;
    fact->tail = names->n_tails++;
    return true;
}

static bool add_words(Names *names, Text text, const KeyClass *entry)
{
    return add_tail(names, text, OF_CLASS, entry);
}

static bool add_safe_words(Names *names, Text text, const KeyClass *entry)
{
    return add_tail(names, text, IS_SAFE, entry);
}

static bool add_suffix(Names *names, Text text, const KeyClass *entry)
{
    return add_tail(names, text, IS_SUFFIX, entry);
}

static bool add_end(Names *names, Text text, const KeyClass *entry)
{
    bool is_odd;
    Fact *fact = noted_joined(names, text, &is_odd);
    if (fact && fact->end == NULL) fact->end = entry;
    return fact || is_odd;
}

static bool add_name(Names *names, Text text, const KeyClass *entry)
{
    bool is_odd;
    Fact *fact = noted_joined(names, text, &is_odd);
    if (fact) fact->name = entry;
    return fact || is_odd;
}

static bool add_safe(Names *names, Text text, const KeyClass *entry)
{
    bool is_odd;
    (void)entry;
    if (memchr(text.at, ' ', (size_t)text.size)) return true; /* the book has them joined */
    Fact *fact = noted_joined(names, text, &is_odd);
    if (fact) fact->is_safe = true;
    return fact || is_odd;
}

static bool add_value(Names *names, Text text, const KeyClass *entry)
{
    (void)entry;
    if (text.size == 0 || text.size >= LONGEST_SAFE) return true;
    SafeValue *values = widened(names->values, names->n_values, 1, &names->room_values, sizeof *values);
    if (values) names->values = values;
    uint8_t *all = widened(names->text, names->n_text, text.size, &names->room_text, 1);
    if (all) names->text = all;
    if (!values || !all) return false;
    int32_t *head = &names->heads[text.at[0]][text.size];
    values[names->n_values] = (SafeValue){names->n_text, *head};
    *head = names->n_values++;
    memcpy(all + names->n_text, text.at, (size_t)text.size);
    names->n_text += text.size;
    return true;
}

typedef bool Add(Names *names, Text text, const KeyClass *entry);

/* Adds each text of a list; one that is not ASCII is in no name of ours. */
static bool add_each(Names *names, PyObject *list, Add *add, const KeyClass *entry)
{
    Py_ssize_t count = PySequence_Size(list);
    bool is_good = count >= 0;
    for (Py_ssize_t i = 0; is_good && i < count; i++) {
        PyObject *item = PySequence_GetItem(list, i);
        Py_ssize_t size = 0;
        is_good = item && PyUnicode_Check(item);
        const char *at = is_good ? PyUnicode_AsUTF8AndSize(item, &size) : NULL;
        if (at && size == PyUnicode_GetLength(item) && size < INT32_MAX / 4)
            is_good = add(names, (Text){(const uint8_t *)at, (int32_t)size}, entry);
        else if (is_good) PyErr_Clear();
        Py_XDECREF(item);
    }
    return is_good;
}

/* Reads one class and adds its names. */
static bool add_class(Names *names, PyObject *item, KeyClass *entry)
{
    const char *shape;
    int label, is_session, is_signature, is_credential, number = 0;
    PyObject *ends, *words, *whole;
    if (!PyArg_ParseTuple(item, "ispppOOO", &label, &shape, &is_session, &is_signature, &is_credential, &ends, &words,
                          &whole)) return false;
    while (number < N_SHAPES && strcmp(SHAPES[number], shape) != 0) number++;
    if (number == N_SHAPES) return false;
    *entry = (KeyClass){label, (Shape)number, is_session, is_signature, is_credential};
    return add_each(names, ends, add_end, entry) && add_each(names, words, add_words, entry)
           && add_each(names, whole, add_name, entry);
}

static bool add_classes(Names *names, PyObject *list)
{
    Py_ssize_t count = PySequence_Size(list);
    if (count < 0 || count > 100000) return false;
    names->classes = calloc((size_t)count + 1, sizeof *names->classes);
    bool is_good = names->classes != NULL;
    for (Py_ssize_t i = 0; is_good && i < count; i++) {
        PyObject *item = PySequence_GetItem(list, i);
        is_good = item && PyTuple_Check(item) && add_class(names, item, &names->classes[i]);
        names->n_classes++;
        Py_XDECREF(item);
    }
    return is_good;
}

/* (classes, safe, safe words, suffixes, safe values), as `FieldNames` and `ValueReader` have them. */
Names *make_names(PyObject *spec)
{
    PyObject *classes, *safe, *safe_words, *suffixes, *values;
    Names *names = calloc(1, sizeof *names);
    if (names == NULL) return NULL;
    memset(names->heads, 0xff, sizeof names->heads);
    if (PyTuple_Check(spec)
        && PyArg_ParseTuple(spec, "OOOOO", &classes, &safe, &safe_words, &suffixes, &values)
        && add_classes(names, classes) && add_each(names, safe, add_safe, NULL)
        && add_each(names, safe_words, add_safe_words, NULL) && add_each(names, suffixes, add_suffix, NULL)
        && add_each(names, values, add_value, NULL) && pack(&names->trie))
        return names;
    free_names(names);
    PyErr_SetString(PyExc_ValueError, "names of a book");
    return NULL;
}

void free_names(Names *names)
{
    for (int32_t i = 0; i < names->n_tails; i++) free(names->tails[i]);
    free_trie(&names->trie);
    free(names->classes); free(names->facts); free(names->tails);
    free(names->values); free(names->text); free(names);
}

const KeyClass *class_of(const Book *book, int32_t label)
{
    const Names *names = names_of(book);
    for (int32_t i = 0; i < names->n_classes; i++)
        if (names->classes[i].label == label) return &names->classes[i];
    return NULL;
}

/* --- asking it -------------------------------------------------------------------------------- */

/* Whether a word begins at the letter or digit, as words_of has them: `dbPassword`, `APIKey`, `a1`. */
static bool begins_word(Text name, int32_t place)
{
    uint8_t sign = name.at[place], before = place > 0 ? name.at[place - 1] : 0;
    if (is_lower(sign)) return !is_alpha(before);
    if (is_digit(sign)) return !is_digit(before);
    return !is_upper(before) || (place + 1 < name.size && is_lower(name.at[place + 1]));
}

/* Notes what is known of the phrase that begins here; a longer one takes the place of it. Says
 * whether it is a suffix.
 */
static bool note_words(const Names *names, const Fact *fact, const Tail *read, Walk *walk)
{
    bool is_suffix = false;
    for (int32_t i = fact->tail; i >= 0; i = names->tails[i]->next) {
        const Tail *tail = names->tails[i];
        if (!is_same(tail, read)) continue;
        switch (tail->saying) {
        case OF_CLASS: walk->words = tail->entry; break;
        case IS_SAFE: walk->has_safe_words = true; break;
        case IS_SUFFIX: is_suffix = true; break;
        }
    }
    return is_suffix;
}

/* Walks from `end` to the left as far as some entry goes on. */
static void walk_name(const Names *names, Text name, int32_t end, Walk *walk)
{
    Tail read;                            /* only its words */
    int32_t cell = 0, until = 0, suffix = -1, size = 0;
    const Fact *fact = NULL;
    read.n_words = 0;
    *walk = (Walk){.rest = -1};
    for (int32_t i = end - 1; i >= 0; i--) {
        uint8_t code = SIGN_CODES[name.at[i]];
        if (code == 0) continue;
        walk->rest = suffix;              /* there is a word before it */
        cell = next_cell(&names->trie, cell, code);
        if (cell < 0) return;
        int32_t number = names->trie.cells[cell].fact;
        fact = number < 0 ? NULL : &names->facts[number];
        size++;
        if (fact && fact->end) walk->end = fact->end;
        if (!begins_word(name, i)) continue;
        read.sizes[read.n_words++] = (uint8_t)(size - until);
        until = size;
        if (fact && fact->tail >= 0 && note_words(names, fact, &read, walk)) suffix = i;
    }
    if (fact) {                           /* all of the name is read */
        walk->is_safe = fact->is_safe;
        walk->name = fact->name;
    }
}

/* Whether it is no name but part of an id: `f3ccbb8c63047cc2`. */
static bool is_id(Text name)
{
    if (name.size < LEAST_ID) return false;
    for (int32_t i = 0; i < name.size; i++)
        if (!is_digit(name.at[i]) && (uint8_t)(name.at[i] - 'a') > 5) return false;
    return true;
}

const KeyClass *classify(const Book *book, const uint8_t *at, int32_t size)
{
    const Names *names = names_of(book);
    Text name = {at, size < LONGEST_NAME ? size : LONGEST_NAME};
    Walk walk;
    if (is_id(name)) return NULL;
    walk_name(names, name, name.size, &walk);
    if (walk.is_safe) return NULL;        /* with its suffixes */
    while (walk.rest >= 0) walk_name(names, name, walk.rest, &walk);
    if (walk.is_safe || walk.has_safe_words) return NULL;
    return walk.name ? walk.name : walk.words ? walk.words : walk.end;
}

bool is_safe_value(const Names *names, const uint8_t *at, int32_t size)
{
    if (size >= LONGEST_SAFE) return false;
    int32_t number = names->heads[lowered(at[0])][size];
    for (; number >= 0; number = names->values[number].next) {
        const uint8_t *word = names->text + names->values[number].first;
        int32_t i = 1;
        while (i < size && lowered(at[i]) == word[i]) i++;
        if (i == size) return true;
    }
    return false;
}
