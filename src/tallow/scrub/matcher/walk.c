/* Walks plain data as `walk.py` does: exact dicts, lists, tuples, texts in ASCII and numbers.
 *
 * Everything else is handed to Python where it stands, with what is left of the budget.
 */
#include "values.h"

#define DEEPEST 100
#define BIG 100000000000LL
#define SHORT_NAME 16

/* One walk. `parents` are the containers it is in. */
typedef struct {
    const Book *book;
    PyObject *ask, *resume, *kept, *struck;
    long long nodes, chars;
    PyObject *parents[DEEPEST + 2];
    int32_t depth;
} Walk;

static PyObject *value_of(Walk *walk, PyObject *value, PyObject *name, const KeyClass *entry);

static PyObject *kept_as_is(PyObject *value)
{
    Py_INCREF(value);
    return value;
}

/* Lets Python go on with a value; it says what is left of the budget. */
static PyObject *handed_over(Walk *walk, PyObject *value, PyObject *name, const KeyClass *entry)
{
    PyObject *parents = PyTuple_New(walk->depth), *result = NULL;
    for (int32_t i = 0; parents && i < walk->depth; i++)
        PyTuple_SetItem(parents, i, PyLong_FromVoidPtr(walk->parents[i]));
    PyObject *answer = parents ? PyObject_CallFunction(walk->resume, "OOiOLL", value, name,
                                                       entry ? entry->label : OWN, parents,
                                                       walk->nodes, walk->chars) : NULL;
    if (answer && PyArg_ParseTuple(answer, "OLL", &result, &walk->nodes, &walk->chars))
        Py_INCREF(result);
    Py_XDECREF(answer);
    Py_XDECREF(parents);
    return result;
}

/* Notes what struck. */
static bool note(Walk *walk, const Spans *hits)
{
    for (int32_t i = 0; i < hits->count; i++)
        if (PyList_Append(walk->struck, walk->book->labels[hits->at[i].label].id) < 0) return false;
    return true;
}

/* Whether a value is a version number by its name and its look. */
static bool is_version(const Book *book, Text name, Text text)
{
    Job job = {.book = book, .text = name, .steps = 100000};
    Match match;
    if (text.size == 0 || !is_digit(text.at[0])) return false;
    if (!search(&job, SCRUBBER_VERSION_NAME, 0, name.size, &match)) return false;
    return is_full_match_of(&job, SCRUBBER_VERSION, text);
}

/* The text with markers, or the text itself, or NULL: too costly, or not for us. */
static PyObject *scrubbed(Walk *walk, PyObject *value, Text text, Text name, const KeyClass *entry)
{
    Spans hits;
    if (name.size && is_version(walk->book, name, text)) return kept_as_is(value);
    if (hits_in_field(walk->book, name, entry, text, walk->ask, &hits) != FOUND) return NULL;
    PyObject *result = hits.count == 0 ? kept_as_is(value)
                       : note(walk, &hits) ? rewritten(walk->book, text, &hits) : NULL;
    free_spans(&hits);
    return result;
}

/* Whether the field may hold this value as it is: a shape is kept for its name. */
static int is_kept(const Walk *walk, PyObject *name, PyObject *value)
{
    PyObject *shape = walk->kept == Py_None ? NULL : PyDict_GetItemWithError(walk->kept, name);
    if (shape == NULL) return PyErr_Occurred() ? -1 : 0;
    PyObject *match = PyObject_CallMethod(shape, "fullmatch", "O", value);
    if (match == NULL) return -1;
    int fits = match != Py_None;
    Py_DECREF(match);
    return fits;
}

static PyObject *text_of(Walk *walk, PyObject *value, PyObject *name, const KeyClass *entry)
{
    Text text, field;
    if (!read_text(value, &text) || !read_text(name, &field)
        || (entry && entry->shape == SHAPE_USER_ID) || walk->chars < text.size)
        return handed_over(walk, value, name, entry);
    int fits = is_kept(walk, name, value);
    if (fits < 0) return NULL;
    PyObject *result = fits ? kept_as_is(value) : scrubbed(walk, value, text, field, entry);
    if (result == NULL && !PyErr_Occurred()) return handed_over(walk, value, name, entry);
    walk->chars -= text.size;
    walk->nodes--;
    return result;
}

/* Whether a number is too small to be anything but itself. */
static bool is_small(PyObject *value)
{
    if (PyFloat_CheckExact(value)) {
        double number = PyFloat_AsDouble(value);
        return number > -(double)BIG && number < (double)BIG;
    }
    int overflow;
    long long number = PyLong_AsLongLongAndOverflow(value, &overflow);
    return !overflow && number > -BIG && number < BIG;
}

static bool is_any_of(Text name, const char *const words[])
{
    for (; *words; words++)
        if ((size_t)name.size == strlen(*words) && !memcmp(name.at, *words, (size_t)name.size)) return true;
    return false;
}

static const char *const VALUES[] = {"value", "val", "content", NULL};
static const char *const ITSELF[] = {"id", "value", "val", "token", NULL};
static const char *const SPEAKERS[] = {"name", "key", "field", "header", NULL};

/* The item under one of the words, made a key once for the life of the process; borrowed. */
static PyObject *item_under(PyObject *mapping, const char *const words[], PyObject *keys[], int number)
{
    if (!keys[number]) keys[number] = PyUnicode_InternFromString(words[number]);
    return keys[number] ? PyDict_GetItemWithError(mapping, keys[number]) : NULL;
}

/* What `{"name": "password", "value": ...}` says of its value; -1: an error. */
static int spoken_of(const Walk *walk, PyObject *mapping, const KeyClass **entry)
{
    static PyObject *values[3], *speakers[4];
    bool has_value = false;
    *entry = NULL;
    for (int i = 0; VALUES[i]; i++) has_value |= item_under(mapping, VALUES, values, i) != NULL;
    if (!has_value) return 0;
    PyObject *name = NULL;
    for (int i = 0; SPEAKERS[i]; i++) {
        name = item_under(mapping, SPEAKERS, speakers, i);
        int is_there = name ? PyObject_IsTrue(name) : 0;
        if (is_there < 0) return -1;
        if (is_there) break;
    }
    Text text;
    if (!name || !PyUnicode_Check(name)) return 0;
    if (!PyUnicode_CheckExact(name) || !read_text(name, &text)) return -1;
    *entry = classify(walk->book, text.at, text.size);
    return 0;
}

/* The class of what stands under `name` in a mapping of class `entry`. */
static const KeyClass *class_in(const Walk *walk, Text name, const KeyClass *entry,
                                const KeyClass *spoken)
{
    const KeyClass *own = classify(walk->book, name.at, name.size);
    if (spoken && is_any_of(name, VALUES)) return spoken;
    if (own || !entry) return own;
    if (entry->shape == SHAPE_ANY || entry->shape == SHAPE_COOKIE || entry->shape == SHAPE_ADDRESS
        || entry->shape == SHAPE_PERSON || entry->shape == SHAPE_DATE) return entry;
    return entry->is_credential && is_any_of(name, ITSELF) ? entry : NULL;
}

/* The key a name becomes; one that is there already gets a `+`. */
static PyObject *key_of(Walk *walk, PyObject *name, Text text, PyObject *out)
{
    bool is_plain = text.size < SHORT_NAME, has_letter = false;
    for (int32_t i = 0; is_plain && i < text.size; i++) {
        has_letter |= is_alpha(text.at[i]);
        is_plain = is_alpha(text.at[i]) || text.at[i] == '_';
    }
    PyObject *key = is_plain && has_letter ? kept_as_is(name)
                                           : scrubbed(walk, name, text, (Text){NULL, 0}, NULL);
    while (key && PyDict_Contains(out, key) == 1) {
        PyObject *longer = PyUnicode_FromFormat("%U+", key);
        Py_DECREF(key);
        key = longer;
    }
    return key;
}

/* Whether all keys are texts in ASCII. */
static bool has_plain_keys(PyObject *mapping)
{
    PyObject *key, *item;
    Py_ssize_t place = 0;
    Text text;
    while (PyDict_Next(mapping, &place, &key, &item))
        if (!PyUnicode_CheckExact(key) || !read_text(key, &text)) return false;
    return true;
}

static PyObject *mapping_of(Walk *walk, PyObject *value, const KeyClass *entry)
{
    const KeyClass *spoken;
    PyObject *key, *item, *out = PyDict_New();
    Py_ssize_t place = 0;
    bool is_good = out && spoken_of(walk, value, &spoken) == 0;
    while (is_good && PyDict_Next(value, &place, &key, &item)) {
        Text text;
        Py_INCREF(key);
        Py_INCREF(item);
        is_good = read_text(key, &text);
        PyObject *own_key = is_good ? key_of(walk, key, text, out) : NULL;
        PyObject *own = own_key ? value_of(walk, item, key, class_in(walk, text, entry, spoken)) : NULL;
        is_good = own && PyDict_SetItem(out, own_key, own) == 0;
        Py_XDECREF(own_key);
        Py_XDECREF(own);
        Py_DECREF(key);
        Py_DECREF(item);
    }
    if (!is_good) Py_CLEAR(out);
    return out;
}

/* What the first of a pair says of the second, as in `("password", "...")`. */
static const KeyClass *class_of_pair(const Walk *walk, PyObject *first, PyObject *second)
{
    Text text;
    if (!PyUnicode_CheckExact(first) || !read_text(first, &text)) return NULL;
    if (!PyUnicode_Check(second) && !PyBytes_Check(second) && !PyLong_Check(second)) return NULL;
    return classify(walk->book, text.at, text.size);
}

static PyObject *sequence_of(Walk *walk, PyObject *value, PyObject *name, const KeyClass *entry)
{
    Py_ssize_t size = PySequence_Size(value);
    bool is_tuple = PyTuple_CheckExact(value);
    PyObject *out = PyList_New(0), *empty = PyUnicode_FromStringAndSize("", 0);
    const KeyClass *flagged = NULL, *second = NULL;
    bool is_good = out && empty;
    for (Py_ssize_t i = 0; is_good && i < size; i++) {
        PyObject *item = PySequence_GetItem(value, i), *own = NULL;
        PyObject *after = item && i == 0 && size == 2 ? PySequence_GetItem(value, 1) : NULL;
        if (after) second = class_of_pair(walk, item, after);
        Py_XDECREF(after);
        if (item) own = second ? value_of(walk, item, empty, i ? second : NULL)
                               : value_of(walk, item, name, flagged ? flagged : entry);
        is_good = own && PyList_Append(out, own) == 0;
        Text text;
        flagged = is_good && PyUnicode_CheckExact(item) && read_text(item, &text)
                  && sign_at(text, 0) == '-' ? classify(walk->book, text.at, text.size) : NULL;
        Py_XDECREF(own);
        Py_XDECREF(item);
    }
    Py_XDECREF(empty);
    PyObject *result = !is_good ? NULL : is_tuple ? PyList_AsTuple(out) : kept_as_is(out);
    Py_XDECREF(out);
    return result;
}

/* Whether Python has to look at a sequence: what it says of its items is no text for us. */
static bool is_odd_sequence(PyObject *value)
{
    Text text;
    Py_ssize_t size = PySequence_Size(value);
    bool is_odd = false;
    for (Py_ssize_t i = 0; i < size && !is_odd; i++) {
        PyObject *item = PySequence_GetItem(value, i);
        if (item == NULL) return true;
        bool is_speaker = (i == 0 && size == 2)
                          || (PyUnicode_Check(item) && PyUnicode_GetLength(item) > 0
                              && PyUnicode_ReadChar(item, 0) == '-');
        if (PyUnicode_Check(item)) is_odd = is_speaker && !(PyUnicode_CheckExact(item) && read_text(item, &text));
        else is_odd = is_speaker && PyBytes_Check(item);
        Py_DECREF(item);
    }
    return is_odd;
}

static PyObject *container_of(Walk *walk, PyObject *value, PyObject *name, const KeyClass *entry)
{
    for (int32_t i = 0; i < walk->depth; i++)
        if (walk->parents[i] == value) return PyUnicode_FromString("[cycle]");
    bool is_mapping = PyDict_CheckExact(value);
    if (walk->depth >= DEEPEST || (is_mapping ? !has_plain_keys(value) : is_odd_sequence(value)))
        return handed_over(walk, value, name, entry);
    long long nodes = walk->nodes, chars = walk->chars;
    Py_ssize_t struck = PyList_Size(walk->struck);
    walk->nodes--;
    walk->parents[walk->depth++] = value;
    PyObject *result = is_mapping ? mapping_of(walk, value, entry) : sequence_of(walk, value, name, entry);
    walk->depth--;
    if (result || PyErr_Occurred()) return result;
    /* Something in it was not for us: Python does it all again. */
    PyList_SetSlice(walk->struck, struck, PyList_Size(walk->struck), NULL);
    walk->nodes = nodes;
    walk->chars = chars;
    return handed_over(walk, value, name, entry);
}

/* The value scrubbed; NULL with or without an exception: it is not for us. */
static PyObject *value_of(Walk *walk, PyObject *value, PyObject *name, const KeyClass *entry)
{
    if (value == Py_None || value == Py_True || value == Py_False) return kept_as_is(value);
    if (walk->nodes <= 0) return handed_over(walk, value, name, entry);
    if (PyUnicode_CheckExact(value)) return text_of(walk, value, name, entry);
    if (!entry && (PyLong_CheckExact(value) || PyFloat_CheckExact(value)) && is_small(value)) {
        walk->nodes--;
        return kept_as_is(value);
    }
    if (PyDict_CheckExact(value) || PyList_CheckExact(value) || PyTuple_CheckExact(value))
        return container_of(walk, value, name, entry);
    return handed_over(walk, value, name, entry);
}

/* walk(book, value, ask, resume, kept or None, nodes, chars) -> (value, [ids]) */
PyObject *walk(PyObject *module, PyObject *args)
{
    Walk walk = {.depth = 0};
    PyObject *capsule, *value, *result = NULL;
    (void)module;
    if (!PyArg_ParseTuple(args, "OOOOOLL", &capsule, &value, &walk.ask, &walk.resume, &walk.kept,
                          &walk.nodes, &walk.chars)) return NULL;
    walk.book = book_of(capsule);
    if (walk.book == NULL) return NULL;
    if (!walk.book->can_judge) { PyErr_SetString(PyExc_ValueError, "a book without checks"); return NULL; }
    walk.struck = PyList_New(0);
    PyObject *name = PyUnicode_FromStringAndSize("", 0);
    if (walk.struck && name) result = value_of(&walk, value, name, NULL);
    if (walk.struck && name && !result && !PyErr_Occurred()) result = handed_over(&walk, value, name, NULL);
    PyObject *both = result ? PyTuple_Pack(2, result, walk.struck) : NULL;
    Py_XDECREF(result);
    Py_XDECREF(name);
    Py_XDECREF(walk.struck);
    return both;
}
