/* Finds where rules match in ASCII text: a small backtracking matcher over compiled programs.
 *
 * `programs.py` writes the programs and says what each number means. Results are those of the
 * pure-Python engines; a text this file will not judge (not ASCII, too costly) is handed back.
 * Any number of threads may use one compiled book: it is never written to after it is made.
 */
#define PY_SSIZE_T_CLEAN
#define Py_LIMITED_API 0x030b0000
#include <Python.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define WORDS 8 /* 64-bit words in a set of rules, at most: up to 512 rules */
#define SIGNS 128
#define LEADS 6 /* signs from its start on that a match is judged by before it is tried */
#define STACK 2048
#define STEPS 200000
#define NAME "tallow.scrub._scan.book"

enum { MATCH, SET, REP, LAZY, SPLIT, JUMP, SAVE, SWITCH, BEGIN, END };
enum { FOUND = 1, NONE = 0, COSTLY = -1 };

typedef struct {
    int32_t code, group, flags;           /* flags: 1 retry, 2 before, 4 after, 8 extend, 16 needs */
    int32_t before, after, extend;        /* numbers of sets */
} Rule;

typedef struct {
    int32_t first, length, next;          /* a literal some rules need, chained by its first signs */
} Need;

typedef struct {
    int32_t n_rules, n_sets, n_code, n_tables, n_needs, n_text;
    Rule *rules;
    uint8_t (*sets)[SIGNS];
    int32_t *code;
    int32_t (*tables)[SIGNS];
    Need *needs;
    char *text;
    int32_t *heads;                       /* first need by two lower-case signs, or -1 */
    int32_t words;                        /* in a set of rules of this book */
    uint64_t *needed;                     /* per need: the rules it lets in */
    uint64_t *starts[LEADS];              /* per sign: rules that can have it as 1st, 2nd, ... */
    uint64_t *refuses;                    /* per sign: rules that refuse it before them */
    uint64_t always[WORDS];               /* rules without needs */
    uint8_t reserved[SIGNS];              /* signs that stand for characters beyond ASCII */
} Book;

typedef struct { int32_t kind, pc, pos, low; } Back;

static int in_set(const Book *book, int32_t set, uint8_t sign) { return book->sets[set][sign]; }

/* Runs one program at one place. Sets `*end` and `caps`; counts down `*steps`. */
static int run(const Book *book, int32_t pc, const uint8_t *text, int32_t size, int32_t pos,
               int32_t *end, int32_t caps[2], int64_t *steps)
{
    Back stack[STACK];
    int32_t top = 0;
    const int32_t *code = book->code;
    caps[0] = caps[1] = -1;
    for (;;) {
        if (--*steps < 0) return COSTLY;
        switch (code[pc]) {
        case MATCH:
            *end = pos;
            return FOUND;
        case SET:
            if (pos < size && in_set(book, code[pc + 1], text[pos])) { pos++; pc += 2; continue; }
            break;
        case REP: {
            const uint8_t *set = book->sets[code[pc + 1]];
            int32_t low = pos + code[pc + 2];
            int64_t high = (int64_t)pos + code[pc + 3];
            int32_t most = high < size ? (int32_t)high : size;
            int32_t at = pos;
            while (at < most && set[text[at]]) at++;
            if (at < low) break;
            *steps -= (at - pos) / 16;
            pc += 4;
            if (at > low) {
                if (top >= STACK) return COSTLY;
                stack[top++] = (Back){REP, pc, at - 1, low};
            }
            pos = at;
            continue;
        }
        case LAZY: {
            const uint8_t *set = book->sets[code[pc + 1]];
            int32_t least = code[pc + 2];
            int32_t at = pos;
            while (at < size && at - pos < least && set[text[at]]) at++;
            if (at - pos < least) break;
            if (code[pc + 3] > least) {
                if (top >= STACK) return COSTLY;
                stack[top++] = (Back){LAZY, pc, at, code[pc + 3] - least};
            }
            pos = at;
            pc += 4;
            continue;
        }
        case SPLIT:
            if (top >= STACK) return COSTLY;
            stack[top++] = (Back){SPLIT, code[pc + 2], pos, 0};
            pc = code[pc + 1];
            continue;
        case JUMP:
            pc = code[pc + 1];
            continue;
        case SAVE:
            if (top >= STACK) return COSTLY;
            stack[top++] = (Back){SAVE, code[pc + 1], caps[code[pc + 1]], 0};
            caps[code[pc + 1]] = pos;
            pc += 2;
            continue;
        case SWITCH: {
            int32_t to = pos < size ? book->tables[code[pc + 1]][text[pos]] : -1;
            if (to >= 0) { pc = to; continue; }
            break;
        }
        case BEGIN:
            if (pos == 0) { pc++; continue; }
            break;
        case END:
            if (pos == size || (pos == size - 1 && text[pos] == '\n')) { pc++; continue; }
            break;
        default:
            return COSTLY;
        }
        /* This way does not lead on: take back the last choice. */
        for (;;) {
            if (top == 0) return NONE;
            Back *back = &stack[top - 1];
            if (back->kind == SAVE) {
                caps[back->pc] = back->pos;
                top--;
                continue;
            }
            if (back->kind == SPLIT) {
                pc = back->pc;
                pos = back->pos;
                top--;
                break;
            }
            if (back->kind == REP) {
                pc = back->pc;
                pos = back->pos;
                if (code[pc] == SET) { /* go straight back to where the next sign fits */
                    const uint8_t *set = book->sets[code[pc + 1]];
                    while (pos >= back->low && !(pos < size && set[text[pos]])) { pos--; }
                    *steps -= (back->pos - pos) / 16;
                    if (pos < back->low) { top--; continue; }
                }
                if (pos > back->low) back->pos = pos - 1; else top--;
                break;
            }
            /* LAZY: one sign more, if it fits */
            if (back->low > 0 && back->pos < size
                && in_set(book, code[back->pc + 1], text[back->pos])) {
                back->pos++;
                back->low--;
                pos = back->pos;
                pc = back->pc + 4;
                break;
            }
            top--;
        }
    }
}

/* Judges one match: extends it, looks at its neighbours. The same as in `engines.py`. */
static int judge(const Book *book, const Rule *rule, const uint8_t *text, int32_t size,
                 int32_t start, int32_t found[4], int32_t end, const int32_t caps[2])
{
    int32_t begin = rule->group ? caps[0] : start;
    int32_t finish = rule->group ? caps[1] : end;
    if (begin < 0) { begin = start; finish = end; }
    if (rule->flags & 8) {
        const uint8_t *set = book->sets[rule->extend];
        int32_t least = end;
        while (finish < size && set[text[finish]]) finish++;
        while (finish > least && (text[finish - 1] == '.' || text[finish - 1] == '-')) finish--;
        if (finish > end) end = finish;
    }
    found[0] = start; found[1] = end; found[2] = begin; found[3] = finish;
    if ((rule->flags & 4) && end < size && in_set(book, rule->after, text[end])) return NONE;
    return FOUND;
}

static int attempt(const Book *book, const Rule *rule, const uint8_t *text, int32_t size,
                   int32_t start, int32_t found[4], int64_t *steps, int32_t *resume)
{
    int32_t end, caps[2];
    int status = run(book, rule->code, text, size, start, &end, caps, steps);
    *resume = start + 1;
    if (status != FOUND) return status;
    status = judge(book, rule, text, size, start, found, end, caps);
    if (status == NONE && !(rule->flags & 1) && found[1] > start) *resume = found[1];
    return status;
}

static uint8_t lowered(uint8_t sign) { return sign >= 'A' && sign <= 'Z' ? sign + 32 : sign; }

static int find_needs(const Book *book, const uint8_t *text, int32_t size, uint64_t *enabled)
{
    int reserved = 0;
    for (int32_t i = 0; i < size; i++) {
        uint8_t first = lowered(text[i]);
        reserved |= book->reserved[text[i]];
        uint8_t second = i + 1 < size ? lowered(text[i + 1]) : 0;
        for (int pass = 0; pass < 2; pass++) {
            int32_t need = book->heads[first * SIGNS + (pass ? second : 0)];
            if (pass && second == 0) break;
            for (; need >= 0; need = book->needs[need].next) {
                const Need *n = &book->needs[need];
                if (n->length > size - i) continue;
                const char *literal = book->text + n->first;
                int32_t k = pass + 1;
                while (k < n->length && (uint8_t)literal[k] == lowered(text[i + k])) k++;
                if (k < n->length) continue;
                const uint64_t *rules = &book->needed[need * book->words];
                for (int32_t w = 0; w < book->words; w++) enabled[w] |= rules[w];
            }
        }
    }
    return reserved;
}

static Book *book_of(PyObject *capsule)
{
    return (Book *)PyCapsule_GetPointer(capsule, NAME);
}

static const uint8_t *ascii_of(PyObject *text, int32_t *size)
{
    Py_ssize_t bytes;
    const char *data = PyUnicode_AsUTF8AndSize(text, &bytes);
    if (data == NULL) { PyErr_Clear(); return NULL; }
    if (bytes != PyUnicode_GetLength(text) || bytes > INT32_MAX / 4) return NULL;
    *size = (int32_t)bytes;
    return (const uint8_t *)data;
}

static PyObject *tuple_of(int32_t number, const int32_t found[4])
{
    return Py_BuildValue("(iiiii)", number, found[0], found[1], found[2], found[3]);
}

typedef struct { int32_t rule, found[4]; } Found;

static int by_rule(const void *left, const void *right)
{
    const Found *a = left, *b = right;
    if (a->rule != b->rule) return a->rule < b->rule ? -1 : 1;
    return a->found[0] < b->found[0] ? -1 : a->found[0] > b->found[0];
}

static PyObject *list_of(Found *found, int32_t count)
{
    if (count > 1) qsort(found, (size_t)count, sizeof *found, by_rule);
    PyObject *list = PyList_New(count);
    for (int32_t i = 0; list && i < count; i++) {
        PyObject *item = tuple_of(found[i].rule, found[i].found);
        if (item == NULL) { Py_CLEAR(list); break; }
        PyList_SetItem(list, i, item);
    }
    return list;
}

/* scan(book, text, is_ascii) -> [(rule, start, end, begin, finish), ...] by rule, then place; or None */
static PyObject *scan(PyObject *self, PyObject *args)
{
    PyObject *capsule, *string, *list = NULL;
    int32_t size = 0;
    int is_ascii;
    (void)self;
    if (!PyArg_ParseTuple(args, "OOp", &capsule, &string, &is_ascii)) return NULL;
    const Book *book = book_of(capsule);
    if (book == NULL) return NULL;
    const uint8_t *text = ascii_of(string, &size);
    if (text == NULL) Py_RETURN_NONE;
    uint64_t open[WORDS];
    Found few[32], *found = few, *more = NULL;
    int32_t count = 0, room = 32;
    int32_t places[WORDS * 64];
    int32_t words = book->words;
    int64_t steps = STEPS + (int64_t)size * 400;
    memset(places, 0, sizeof *places * (size_t)book->n_rules);
    memcpy(open, book->always, sizeof open);
    if (find_needs(book, text, size, open) && is_ascii) Py_RETURN_NONE;
    for (int32_t i = 0; i < size; i++) {
        const uint64_t *first = &book->starts[0][text[i] * words];
        for (int32_t w = 0; w < words; w++) {
            uint64_t maybe = open[w] & first[w];
            if (!maybe) continue;
            if (i > 0) maybe &= ~book->refuses[text[i - 1] * words + w];
            if (!maybe) continue;
            for (int32_t k = 1; maybe && k < LEADS && i + k < size; k++)
                maybe &= book->starts[k][text[i + k] * words + w];
            while (maybe) {
                int32_t number = w * 64 + __builtin_ctzll(maybe);
                maybe &= maybe - 1;
                if (places[number] > i) continue;
                int32_t here[4];
                int status = attempt(book, &book->rules[number], text, size, i, here, &steps,
                                     &places[number]);
                if (status == COSTLY) { free(more); Py_RETURN_NONE; }
                if (status != FOUND) continue;
                places[number] = here[1] > i ? here[1] : i + 1;
                if (count == room) {
                    Found *larger = realloc(more, sizeof *more * (size_t)room * 4);
                    if (larger == NULL) { free(more); return PyErr_NoMemory(); }
                    if (more == NULL) memcpy(larger, few, sizeof few);
                    found = more = larger;
                    room *= 4;
                }
                found[count].rule = number;
                memcpy(found[count++].found, here, sizeof here);
            }
        }
    }
    list = list_of(found, count);
    free(more);
    return list;
}

/* find(book, rule, text, place) -> (rule, start, end, begin, finish), False or None */
static PyObject *find(PyObject *self, PyObject *args)
{
    PyObject *capsule, *string;
    int number, place;
    int32_t size = 0;
    (void)self;
    if (!PyArg_ParseTuple(args, "OiOi", &capsule, &number, &string, &place)) return NULL;
    const Book *book = book_of(capsule);
    if (book == NULL) return NULL;
    const uint8_t *text = ascii_of(string, &size);
    if (text == NULL || number < 0 || number >= book->n_rules) Py_RETURN_NONE;
    const Rule *rule = &book->rules[number];
    int32_t w = number >> 6, words = book->words;
    uint64_t bit = (uint64_t)1 << (number & 63);
    int64_t steps = STEPS + (int64_t)size * 400;
    for (int32_t i = place < 0 ? 0 : place; i < size;) {
        int32_t here[4], resume = i + 1;
        int fits = i == 0 || !(book->refuses[text[i - 1] * words + w] & bit);
        for (int32_t k = 0; fits && k < LEADS && i + k < size; k++)
            fits = (book->starts[k][text[i + k] * words + w] & bit) != 0;
        if (fits) {
            int status = attempt(book, rule, text, size, i, here, &steps, &resume);
            if (status == COSTLY) Py_RETURN_NONE;
            if (status == FOUND) return tuple_of(number, here);
        }
        i = resume;
    }
    Py_RETURN_FALSE;
}

static void release(PyObject *capsule)
{
    Book *book = book_of(capsule);
    if (book == NULL) return;
    free(book->rules); free(book->sets); free(book->code); free(book->tables);
    free(book->needs); free(book->text); free(book->heads); free(book->needed);
    for (int32_t k = 0; k < LEADS; k++) free(book->starts[k]);
    free(book->refuses); free(book);
}

static void *copied(const char **data, const char *end, size_t bytes)
{
    if ((size_t)(end - *data) < bytes) return NULL;
    void *copy = malloc(bytes ? bytes : 1);
    if (copy != NULL) { memcpy(copy, *data, bytes); *data += bytes; }
    return copy;
}

static void mark(uint64_t *rows, int32_t words, const uint8_t *set, int32_t number)
{
    for (int32_t sign = 0; sign < SIGNS; sign++)
        if (set[sign]) rows[sign * words + (number >> 6)] |= (uint64_t)1 << (number & 63);
}

static int fill(Book *book, const uint8_t (*leads)[LEADS][SIGNS])
{
    size_t rows = SIGNS * (size_t)book->words;
    for (int32_t k = 0; k < LEADS; k++) book->starts[k] = calloc(rows, sizeof(uint64_t));
    book->refuses = calloc(rows, sizeof(uint64_t));
    for (int32_t k = 0; k < LEADS; k++)
        if (!book->starts[k]) return -1;
    if (!book->refuses) return -1;
    for (int32_t i = 0; i < SIGNS * SIGNS; i++) book->heads[i] = -1;
    for (int32_t number = 0; number < book->n_rules; number++) {
        const Rule *rule = &book->rules[number];
        for (int32_t k = 0; k < LEADS; k++) mark(book->starts[k], book->words, leads[number][k], number);
        if (rule->flags & 2) mark(book->refuses, book->words, book->sets[rule->before], number);
        if (!(rule->flags & 16)) book->always[number >> 6] |= (uint64_t)1 << (number & 63);
    }
    for (int32_t i = 0; i < book->n_needs; i++) {
        Need *need = &book->needs[i];
        if (need->first < 0 || need->length < 1 || need->first + need->length > book->n_text) return -1;
        const char *literal = book->text + need->first;
        int32_t *head = &book->heads[(uint8_t)literal[0] * SIGNS
                                     + (need->length > 1 ? (uint8_t)literal[1] : 0)];
        need->next = *head;
        *head = i;
    }
    return 0;
}

/* book(spec) -> a compiled book; `programs.py` writes `spec` */
static PyObject *make_book(PyObject *self, PyObject *args)
{
    const char *data;
    Py_ssize_t bytes;
    (void)self;
    if (!PyArg_ParseTuple(args, "y#", &data, &bytes)) return NULL;
    const char *end = data + bytes;
    Book *book = calloc(1, sizeof *book);
    if (book == NULL) return PyErr_NoMemory();
    PyObject *capsule = PyCapsule_New(book, NAME, release);
    if (capsule == NULL) { free(book); return NULL; }
    if (bytes < 24) goto bad;
    memcpy(book, data, 24);
    data += 24;
    if (end - data < SIGNS) goto bad;
    memcpy(book->reserved, data, SIGNS);
    data += SIGNS;
    if (book->n_rules < 1 || book->n_rules > WORDS * 64) goto bad;
    book->rules = copied(&data, end, sizeof(Rule) * (size_t)book->n_rules);
    const uint8_t (*leads)[LEADS][SIGNS] = copied(&data, end, (size_t)LEADS * SIGNS * (size_t)book->n_rules);
    book->sets = copied(&data, end, (size_t)SIGNS * (size_t)book->n_sets);
    book->code = copied(&data, end, sizeof(int32_t) * (size_t)book->n_code);
    book->tables = copied(&data, end, sizeof(int32_t) * SIGNS * (size_t)book->n_tables);
    book->words = (book->n_rules + 63) / 64;
    book->needs = copied(&data, end, sizeof(Need) * (size_t)book->n_needs);
    book->needed = copied(&data, end, sizeof(uint64_t) * (size_t)book->words * (size_t)book->n_needs);
    book->text = copied(&data, end, (size_t)book->n_text);
    book->heads = malloc(sizeof(int32_t) * SIGNS * SIGNS);
    int is_good = book->rules && leads && book->sets && book->code && book->tables && book->needs
                  && book->needed && book->text && book->heads && fill(book, leads) == 0;
    free((void *)leads);
    if (is_good) return capsule;
bad:
    Py_DECREF(capsule);
    PyErr_SetString(PyExc_ValueError, "not a compiled book");
    return NULL;
}

static PyMethodDef METHODS[] = {
    {"book", make_book, METH_VARARGS, "Return a compiled book."},
    {"scan", scan, METH_VARARGS, "Return the first match of each rule, or None."},
    {"find", find, METH_VARARGS, "Return the next match of one rule, False, or None."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef MODULE = {
    PyModuleDef_HEAD_INIT, "_scan", "The matcher of the scrubber.", -1, METHODS, NULL, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit__scan(void) { return PyModule_Create(&MODULE); }
