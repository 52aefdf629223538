/* Reads a compiled book: first the programs, from bytes, then what the checks need. */
#include "book.h"

#define NAME "tallow.scrub.matcher._scan.book"
#define HEAD 28  /* bytes of the counts */

const int32_t FAR_PLACES[FARS] = {8, 11, 14, 18};

Book *book_of(PyObject *capsule) { return (Book *)PyCapsule_GetPointer(capsule, NAME); }

const Names *names_of(const Book *book) { return book->names; }

static void release(PyObject *capsule)
{
    Book *book = book_of(capsule);
    if (book == NULL) return;
    free(book->rules); free(book->sets); free(book->code); free(book->tables);
    free(book->needs); free(book->windows); free(book->text); free(book->needed);
    free(book->keys); free(book->reaches); free(book->beginnings);
    for (int32_t k = 0; k < LEADS; k++) free(book->starts[k]);
    for (int32_t k = 0; k < FARS; k++) free(book->fars[k]);
    free(book->refuses);
    free_judging(book);
    free(book);
}

static void *copied(const char **data, const char *end, size_t bytes)
{
    if ((size_t)(end - *data) < bytes) return NULL;
    void *copy = malloc(bytes ? bytes : 1);
    if (copy != NULL) { memcpy(copy, *data, bytes); *data += bytes; }
    return copy;
}

/* Whether the numbers in the windows are numbers of what there is. */
static bool has_good_windows(const Book *book)
{
    if (book->n_windows > MOST_WINDOWS) return false;
    for (int32_t i = 0; i < book->n_windows; i++) {
        const Window *window = &book->windows[i];
        if (window->rule < 0 || window->rule >= book->n_rules || window->least < 0
            || window->before < 0 || window->before >= book->n_sets || window->first < 0
            || window->first >= book->n_sets || window->last < 0 || window->last >= book->n_sets
            || window->after < 0 || window->after >= book->n_sets) return false;
    }
    for (int32_t i = 0; i < book->n_needs; i++)
        if (book->needs[i].windows < 0 || book->needs[i].windows > book->n_windows) return false;
    return true;
}

/* Gives the rules without needs the first bits, and the next to others that are tried everywhere:
 * so few words have to be asked for each sign.
 */
static void order_bits(Book *book)
{
    int8_t turns[WORDS * 64];
    int32_t words = book->words, next = 0;
    for (int32_t number = 0; number < book->n_rules; number++) {
        turns[number] = book->rules[number].flags & 16 ? 2 : 0;
        for (int32_t i = 0; i < book->n_needs; i++)
            if (book->needed[i * words + (number >> 6)] >> (number & 63) & 1) turns[number] = 1;
    }
    for (int8_t turn = 0; turn < 3; turn++) {
        for (int32_t number = 0; number < book->n_rules; number++)
            if (turns[number] == turn) { book->bits[number] = next; book->numbers[next++] = number; }
        if (turn < 2) book->scanned_words = (next + 63) / 64;
    }
    for (int32_t i = 0; i < book->n_needs; i++) {
        uint64_t row[WORDS] = {0};
        for (int32_t number = 0; number < book->n_rules; number++)
            if (book->needed[i * words + (number >> 6)] >> (number & 63) & 1)
                row[book->bits[number] >> 6] |= (uint64_t)1 << (book->bits[number] & 63);
        memcpy(&book->needed[i * words], row, sizeof *row * (size_t)words);
    }
}

static void mark(const Book *book, uint64_t *rows, Set set, int32_t bit)
{
    if (bit >> 6 >= book->scanned_words) return;
    for (int32_t sign = 0; sign < SIGNS; sign++)
        if (is_member(&set, (uint8_t)sign)) rows[(bit >> 6) * SIGNS + sign] |= (uint64_t)1 << (bit & 63);
}

/* Reads rows of truths, one a sign, as sets. */
static Set *sets_of(const char **data, const char *end, size_t count)
{
    if ((size_t)(end - *data) / SIGNS < count) return NULL;
    Set *sets = calloc(count + 1, sizeof *sets);
    for (size_t i = 0; sets && i < count; i++, *data += SIGNS)
        for (int32_t sign = 0; sign < SIGNS; sign++)
            if ((*data)[sign]) sets[i].bits[sign >> 6] |= (uint64_t)1 << (sign & 63);
    return sets;
}

static bool is_needless(const Rule *rule) { return !(rule->flags & 16); }

/* Fills the tables of what can stand further on; `further` has the rows of rules without needs. */
static void fill_fars(Book *book, const Set *further)
{
    static const Set all = {{UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX}};
    for (int32_t number = 0; number < book->n_rules; number++) {
        int32_t bit = book->bits[number];
        for (int32_t k = 0; k < FARS; k++) {
            Set set = is_needless(&book->rules[number]) ? *further++ : all;
            mark(book, book->fars[k], set, bit);
            if (memcmp(&set, &all, sizeof set) == 0) book->over[k][bit >> 6] |= (uint64_t)1 << (bit & 63);
        }
    }
}

/* Fills the tables that are made from the others; `leads` has the rows of all rules, then further ones. */
static bool fill(Book *book, const Set *leads)
{
    order_bits(book);
    size_t rows = SIGNS * (size_t)(book->scanned_words ? book->scanned_words : 1);
    book->beginnings = calloc((size_t)book->n_rules, sizeof *book->beginnings);
    bool has_memory = (book->refuses = calloc(rows, sizeof *book->refuses)) != NULL;
    for (int32_t k = 0; k < LEADS; k++)
        has_memory &= (book->starts[k] = calloc(rows, sizeof *book->starts[k])) != NULL;
    for (int32_t k = 0; k < FARS; k++)
        has_memory &= (book->fars[k] = calloc(rows, sizeof *book->fars[k])) != NULL;
    if (!has_memory || !book->beginnings) return false;
    for (int32_t number = 0; number < book->n_rules; number++) {
        const Rule *rule = &book->rules[number];
        int32_t bit = book->bits[number];
        Beginning *beginning = &book->beginnings[number];
        if (rule->flags & 2) beginning->refused = book->sets[rule->before];
        mark(book, book->refuses, beginning->refused, bit);
        for (int32_t k = 0; k < LEADS; k++) {
            beginning->leads[k] = *leads++;
            mark(book, book->starts[k], beginning->leads[k], bit);
        }
        if (is_needless(rule)) book->always[bit >> 6] |= (uint64_t)1 << (bit & 63);
    }
    fill_fars(book, leads);
    return true;
}

/* Reads what `programs.written` wrote. */
static bool read_programs(Book *book, const char *data, Py_ssize_t bytes)
{
    const char *end = data + bytes;
    if (bytes < HEAD) return false;
    memcpy(book, data, HEAD);
    data += HEAD;
    if (book->n_rules < 1 || book->n_rules > WORDS * 64) return false;
    size_t rules = (size_t)book->n_rules, needs = (size_t)book->n_needs;
    book->words = (book->n_rules + 63) / 64;
    book->rules = copied(&data, end, sizeof(Rule) * rules);
    size_t needless = 0;
    for (size_t i = 0; book->rules && i < rules; i++) needless += is_needless(&book->rules[i]);
    Set *leads = sets_of(&data, end, LEADS * rules + FARS * needless);
    book->sets = leads ? sets_of(&data, end, (size_t)book->n_sets) : NULL;
    book->code = copied(&data, end, sizeof(int32_t) * (size_t)book->n_code);
    book->tables = copied(&data, end, (size_t)SIGNS * (size_t)book->n_tables);
    book->needs = copied(&data, end, sizeof(Need) * needs);
    book->windows = copied(&data, end, sizeof(Window) * (size_t)book->n_windows);
    book->needed = copied(&data, end, sizeof(uint64_t) * (size_t)book->words * needs);
    book->text = copied(&data, end, (size_t)book->n_text);
    bool is_good = book->rules && leads && book->sets && book->code && book->tables && book->needs
                   && book->windows && book->needed && book->text && fill(book, leads)
                   && has_good_windows(book) && chain_needs(book) && prepare_code(book);
    free(leads);
    return is_good;
}

/* book(programs, judging or None) -> a compiled book; `programs.py`, `native.py` write the parts */
PyObject *make_book(PyObject *module, PyObject *args)
{
    const char *data;
    Py_ssize_t bytes;
    PyObject *judging;
    (void)module;
    if (!PyArg_ParseTuple(args, "y#O", &data, &bytes, &judging)) return NULL;
    Book *book = calloc(1, sizeof *book);
    if (book == NULL) return PyErr_NoMemory();
    PyObject *capsule = PyCapsule_New(book, NAME, release);
    if (capsule == NULL) { free(book); return NULL; }
    if (read_programs(book, data, bytes) && (judging == Py_None || read_judging(book, judging)))
        return capsule;
    Py_DECREF(capsule);
    if (!PyErr_Occurred()) PyErr_SetString(PyExc_ValueError, "not a compiled book");
    return NULL;
}
