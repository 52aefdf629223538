/* Reads a compiled book: first the programs, from bytes, then what the checks need. */
#include "book.h"

#define NAME "tallow.scrub.matcher._scan.book"
#define HEAD 28  /* bytes of the counts */

Book *book_of(PyObject *capsule) { return (Book *)PyCapsule_GetPointer(capsule, NAME); }

const Names *names_of(const Book *book) { return book->names; }

static void release(PyObject *capsule)
{
    Book *book = book_of(capsule);
    if (book == NULL) return;
    free(book->rules); free(book->sets); free(book->code); free(book->tables);
    free(book->needs); free(book->windows); free(book->text); free(book->needed);
    free(book->heads); free(book->chain);
    for (int32_t k = 0; k < LEADS; k++) free(book->starts[k]);
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

/* Letters apart, whatever their case; digits together; the rest by what often stands in needs. */
static uint8_t kind_of(uint8_t sign)
{
    if (is_alpha(sign)) return (uint8_t)(lowered(sign) - 'a' + 1);
    if (is_digit(sign)) return 27;
    if (sign == '_') return 28;
    if (sign == '-' || sign == '.') return 29;
    return sign == ' ' ? 30 : 31;
}

/* Chains the needs by what they begin with. */
static bool chain_needs(Book *book)
{
    book->heads = malloc(sizeof *book->heads * N_HEADS);
    book->chain = malloc(sizeof *book->chain * ((size_t)book->n_needs + 1));
    if (!book->heads || !book->chain || book->n_needs >= MOST_WINDOWS) return false;
    memset(book->heads, -1, sizeof *book->heads * N_HEADS);
    for (int32_t i = 0; i < SIGNS; i++) book->kinds[i] = kind_of((uint8_t)i);
    for (int32_t i = 0; i < book->n_needs; i++) {
        const Need *need = &book->needs[i];
        if (need->first < 0 || need->length < 1 || need->first + need->length > book->n_text)
            return false;
        const uint8_t *text = (const uint8_t *)book->text + need->first;
        int32_t head = SHORT_HEADS + text[0];
        if (need->length == 1) {
            book->is_need[text[0]] = 1;
            if (is_lower(text[0])) book->is_need[text[0] - 32] = 1;
        } else if (need->length == 2) {
            int32_t pair = book->kinds[text[0]] << 5 | book->kinds[text[1]];
            book->pairs[pair >> 6] |= (uint64_t)1 << (pair & 63);
            head = PAIR_HEADS + pair;
        } else {
            head = book->kinds[text[0]] << 10 | book->kinds[text[1]] << 5 | book->kinds[text[2]];
            if (need->length == 3) {
                book->grams[head >> 6] |= (uint64_t)1 << (head & 63);
            } else {
                uint32_t quad = quad_of((uint32_t)head << 5 | book->kinds[text[3]]);
                book->quads[quad >> 6] |= (uint64_t)1 << (quad & 63);
                head = QUAD_HEADS + (int32_t)quad;
            }
        }
        book->chain[i] = book->heads[head];
        book->heads[head] = (int16_t)i;
    }
    return true;
}

/* Whether the numbers in the windows are numbers of what there is. */
static bool has_good_windows(const Book *book)
{
    if (book->n_windows > MOST_WINDOWS) return false;
    for (int32_t i = 0; i < book->n_windows; i++) {
        const Window *window = &book->windows[i];
        if (window->rule < 0 || window->rule >= book->n_rules || window->least < 0
            || window->before < 0 || window->before >= book->n_sets || window->first < 0
            || window->first >= book->n_sets) return false;
    }
    for (int32_t i = 0; i < book->n_needs; i++)
        if (book->needs[i].windows < 0 || book->needs[i].windows > book->n_windows) return false;
    return true;
}

/* Gives the rules that are tried everywhere the first bits, so that one word holds them. */
static void order_bits(Book *book)
{
    bool is_everywhere[WORDS * 64] = {false};
    int32_t words = book->words, next = 0;
    for (int32_t number = 0; number < book->n_rules; number++) {
        is_everywhere[number] = !(book->rules[number].flags & 16);
        for (int32_t i = 0; i < book->n_needs; i++)
            if (book->needed[i * words + (number >> 6)] >> (number & 63) & 1) is_everywhere[number] = true;
    }
    for (int turn = 1; turn >= 0; turn--) {
        for (int32_t number = 0; number < book->n_rules; number++)
            if (is_everywhere[number] == turn) { book->bits[number] = next; book->numbers[next++] = number; }
        if (turn) book->scanned_words = (next + 63) / 64;
    }
    for (int32_t i = 0; i < book->n_needs; i++) {
        uint64_t row[WORDS] = {0};
        for (int32_t number = 0; number < book->n_rules; number++)
            if (book->needed[i * words + (number >> 6)] >> (number & 63) & 1)
                row[book->bits[number] >> 6] |= (uint64_t)1 << (book->bits[number] & 63);
        memcpy(&book->needed[i * words], row, sizeof *row * (size_t)words);
    }
}

static void mark(uint64_t *rows, Set set, int32_t bit)
{
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

/* Fills the tables that are made from the others. */
static bool fill(Book *book, const Set (*leads)[LEADS])
{
    size_t rows = SIGNS * (size_t)book->words;
    for (int32_t k = 0; k < LEADS; k++) book->starts[k] = calloc(rows, sizeof(uint64_t));
    book->refuses = calloc(rows, sizeof(uint64_t));
    for (int32_t k = 0; k < LEADS; k++)
        if (!book->starts[k]) return false;
    if (!book->refuses) return false;
    order_bits(book);
    for (int32_t number = 0; number < book->n_rules; number++) {
        const Rule *rule = &book->rules[number];
        int32_t bit = book->bits[number];
        for (int32_t k = 0; k < LEADS; k++) mark(book->starts[k], leads[number][k], bit);
        if (rule->flags & 2) mark(book->refuses, book->sets[rule->before], bit);
        if (!(rule->flags & 16)) book->always[bit >> 6] |= (uint64_t)1 << (bit & 63);
    }
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
    const Set (*leads)[LEADS] = (const Set (*)[LEADS])sets_of(&data, end, LEADS * rules);
    book->sets = leads ? sets_of(&data, end, (size_t)book->n_sets) : NULL;
    book->code = copied(&data, end, sizeof(int32_t) * (size_t)book->n_code);
    book->tables = copied(&data, end, (size_t)SIGNS * (size_t)book->n_tables);
    book->needs = copied(&data, end, sizeof(Need) * needs);
    book->windows = copied(&data, end, sizeof(Window) * (size_t)book->n_windows);
    book->needed = copied(&data, end, sizeof(uint64_t) * (size_t)book->words * needs);
    book->text = copied(&data, end, (size_t)book->n_text);
    bool is_good = book->rules && leads && book->sets && book->code && book->tables && book->needs
                   && book->windows && book->needed && book->text && fill(book, leads)
                   && chain_needs(book) && has_good_windows(book);
    free((void *)leads);
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
