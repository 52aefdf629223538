/* Reads what the checks need: patterns, word lists, options, labels, names. `native.py` gives it. */
#include "values.h"

static const char *const PATTERNS[] = {
#define AS_TEXT(name, text) text,
    PATTERN_NAMES(AS_TEXT)
};
static const char *const WORD_SETS[] = { WORD_SET_NAMES(AS_TEXT) };
static const char *const SCHEMES[] = { SCHEME_NAMES(AS_TEXT) };
#undef AS_TEXT

static const struct { const char *name; Check *check; } CHECKS[] = {
    {"", NULL}, {"basic", check_basic}, {"bearer", check_bearer}, {"blob", check_blob},
    {"card", check_card}, {"cli", check_cli}, {"email", check_email}, {"home", check_home},
    {"iban", check_iban}, {"ipv4", check_ipv4}, {"ipv6", check_ipv6}, {"key-block", check_key_block},
    {"key-tail", check_key_tail}, {"mac", check_mac}, {"mixed", check_mixed}, {"named", check_named},
    {"near", check_near}, {"official", check_official}, {"phone", check_phone},
    {"spoken", check_spoken}, {"sql-values", check_sql_values}, {"user", check_user}, {"userinfo", check_userinfo},
};

static bool wrong(const char *what)
{
    if (!PyErr_Occurred()) PyErr_Format(PyExc_ValueError, "%s of a book", what);
    return false;
}

/* Reads a list of words that is sorted; what is not ASCII is in no text of ours. */
static bool read_words(WordSet *set, PyObject *list)
{
    Py_ssize_t count = PySequence_Size(list);
    if (count < 0) return false;
    set->words = calloc((size_t)count + 1, sizeof *set->words);
    set->sizes = calloc((size_t)count + 1, sizeof *set->sizes);
    if (!set->words || !set->sizes) return false;
    for (Py_ssize_t i = 0; i < count; i++) {
        PyObject *word = PySequence_GetItem(list, i);
        Py_ssize_t size = 0;
        const char *text = word ? PyUnicode_AsUTF8AndSize(word, &size) : NULL;
        char *copy = text ? malloc((size_t)size + 1) : NULL;
        if (copy) memcpy(copy, text, (size_t)size + 1);
        Py_XDECREF(word);
        if (!copy) return false;
        set->words[set->count] = copy;
        set->sizes[set->count++] = (int32_t)size;
    }
    return true;
}

static void free_words(WordSet *set)
{
    for (int32_t i = 0; i < set->count; i++) free(set->words[i]);
    free(set->words);
    free(set->sizes);
}

static bool read_patterns(Book *book, PyObject *patterns)
{
    for (int32_t i = 0; i < N_PATTERNS; i++) {
        PyObject *pair = PyDict_GetItemString(patterns, PATTERNS[i]);
        int code, first;
        if (!pair || !PyArg_ParseTuple(pair, "ii", &code, &first)) return wrong(PATTERNS[i]);
        if (code < 0 || code >= book->n_code || first >= book->n_sets) return wrong(PATTERNS[i]);
        book->patterns[i] = (Program){code, first};
    }
    return true;
}

static bool read_word_sets(Book *book, PyObject *sets)
{
    for (int32_t i = 0; i < N_WORD_SETS; i++) {
        PyObject *list = PyDict_GetItemString(sets, WORD_SETS[i]);
        if (!list || !read_words(&book->sets_of_words[i], list)) return wrong(WORD_SETS[i]);
    }
    return true;
}

static bool read_schemes(uint64_t *mask, PyObject *list)
{
    Py_ssize_t count = PySequence_Size(list);
    if (count < 0) return false;
    for (Py_ssize_t i = 0; i < count; i++) {
        PyObject *item = PySequence_GetItem(list, i);
        int32_t scheme = 0;
        while (item && scheme < N_SCHEMES && PyUnicode_CompareWithASCIIString(item, SCHEMES[scheme])) scheme++;
        Py_XDECREF(item);
        if (!item || scheme == N_SCHEMES) return false;
        *mask |= (uint64_t)1 << scheme;
    }
    return true;
}

/* Reads the words of one option, which several rules may share. */
static bool read_option(Book *book, PyObject *list, const WordSet **option)
{
    *option = NULL;
    if (list == Py_None) return true;
    WordSet *set = &book->own_words[book->n_own_words++];
    *option = set;
    return read_words(set, list);
}

static bool read_judge(Book *book, Judge *judge, PyObject *item)
{
    const char *name;
    PyObject *words, *pages, *schemes;
    Options *options = &judge->options;
    int is_modest, is_random, wants_digits;
    if (!PyArg_ParseTuple(item, "spiiiippOOO", &name, &is_modest, &options->near, &options->near_first,
                          &options->prefix, &options->least_signs, &is_random, &wants_digits, &words, &pages,
                          &schemes))
        return false;
    size_t known = sizeof CHECKS / sizeof *CHECKS, place = 0;
    while (place < known && strcmp(CHECKS[place].name, name)) place++;
    judge->asks = place == known || !read_schemes(&options->schemes, schemes);
    judge->check = judge->asks ? NULL : CHECKS[place].check;
    judge->is_modest = is_modest;
    options->is_random = is_random;
    options->wants_digits = wants_digits;
    if (options->near >= book->n_code || options->near_first >= book->n_sets) return wrong(name);
    return read_option(book, words, &options->words) && read_option(book, pages, &options->pages);
}

static bool read_judges(Book *book, PyObject *list)
{
    size_t count = (size_t)book->n_rules;
    book->judges = calloc(count, sizeof *book->judges);
    book->own_words = calloc(2 * count, sizeof *book->own_words);
    if (!book->judges || !book->own_words || PySequence_Size(list) != book->n_rules) return wrong("judges");
    for (int32_t i = 0; i < book->n_rules; i++) {
        PyObject *item = PySequence_GetItem(list, i);
        bool is_good = item && read_judge(book, &book->judges[i], item);
        Py_XDECREF(item);
        if (!is_good) return wrong("judge");
    }
    return true;
}

static bool read_labels(Book *book, PyObject *list)
{
    Py_ssize_t count = PySequence_Size(list);
    if (count < 1 || count > 10000) return wrong("labels");
    book->labels = calloc((size_t)count, sizeof *book->labels);
    if (!book->labels) return false;
    for (Py_ssize_t i = 0; i < count; i++) {
        PyObject *item = PySequence_GetItem(list, i);
        Label *label = &book->labels[i];
        const char *marker;
        Py_ssize_t size;
        PyObject *id;
        int rank;
        bool is_good = item && PyArg_ParseTuple(item, "Uis#", &id, &rank, &marker, &size);
        label->marker = is_good ? malloc((size_t)size + 1) : NULL;
        if (label->marker) {
            memcpy(label->marker, marker, (size_t)size + 1);
            *label = (Label){rank, id, label->marker, (int32_t)size};
            Py_INCREF(id);
            book->n_labels++;
        }
        Py_XDECREF(item);
        if (!label->marker) return wrong("label");
    }
    return true;
}

/* Reads pairs of labels: where both claim a stretch, the first gives way to the second. */
static bool read_yields(Book *book, PyObject *list)
{
    Py_ssize_t count = PySequence_Size(list);
    book->yields = calloc((size_t)book->n_labels * (size_t)book->n_labels, 1);
    if (!book->yields || count < 0) return wrong("yields");
    for (Py_ssize_t i = 0; i < count; i++) {
        PyObject *pair = PySequence_GetItem(list, i);
        int giver = -1, taker = -1;
        bool is_good = pair && PyArg_ParseTuple(pair, "ii", &giver, &taker);
        Py_XDECREF(pair);
        if (!is_good || giver < 0 || taker < 0 || giver >= book->n_labels || taker >= book->n_labels)
            return wrong("yields");
        book->yields[giver * book->n_labels + taker] = 1;
    }
    return true;
}

static bool read_ibans(Book *book, PyObject *lengths)
{
    for (int i = 0; i < 26; i++)
        for (int k = 0; k < 26; k++) {
            char country[3] = {(char)('A' + i), (char)('A' + k), 0};
            PyObject *length = PyDict_GetItemString(lengths, country);
            if (length) book->iban_lengths[i * 26 + k] = (uint8_t)PyLong_AsLong(length);
        }
    return !PyErr_Occurred();
}

/* (patterns, word sets, judges, labels, yields, IBAN lengths, switches, names) */
bool read_judging(Book *book, PyObject *spec)
{
    PyObject *patterns, *sets, *judges, *labels, *yields, *ibans, *names;
    int keeps_private, scrubs_users, encoded, url_user;
    if (!PyArg_ParseTuple(spec, "O!O!OOOO!(ppii)O", &PyDict_Type, &patterns, &PyDict_Type, &sets, &judges,
                          &labels, &yields, &PyDict_Type, &ibans, &keeps_private, &scrubs_users, &encoded,
                          &url_user, &names))
        return false;
    if (!read_patterns(book, patterns) || !read_word_sets(book, sets) || !read_judges(book, judges)
        || !read_labels(book, labels) || !read_yields(book, yields) || !read_ibans(book, ibans))
        return false;
    book->keeps_private = keeps_private;
    book->scrubs_users = scrubs_users;
    book->label_encoded = encoded;
    book->label_url_user = url_user;
    book->names = make_names(names);
    book->can_judge = book->names != NULL;
    return book->can_judge;
}

void free_judging(Book *book)
{
    for (int32_t i = 0; i < book->n_own_words; i++) free_words(&book->own_words[i]);
    for (int32_t i = 0; i < N_WORD_SETS; i++) free_words(&book->sets_of_words[i]);
    for (int32_t i = 0; i < book->n_labels; i++) {
        free(book->labels[i].marker);
        Py_DECREF(book->labels[i].id);
    }
    free(book->own_words); free(book->judges); free(book->labels); free(book->yields);
    if (book->names) free_names(book->names);
}
