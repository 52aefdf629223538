/* The module `tallow.scrub.matcher._scan`: what Python sees of the matcher. */
#include "book.h"

/* The text's signs, or NULL when it is not ASCII or too long. */
bool read_text(PyObject *string, Text *text)
{
    Py_ssize_t bytes;
    const char *data = PyUnicode_AsUTF8AndSize(string, &bytes);
    if (data == NULL) { PyErr_Clear(); return false; }
    if (bytes != PyUnicode_GetLength(string) || bytes > INT32_MAX / 4) return false;
    *text = (Text){(const uint8_t *)data, (int32_t)bytes};
    return true;
}

static PyObject *tuple_of(const Candidate *found)
{
    return Py_BuildValue("(iiiii)", found->rule, found->start, found->end, found->begin, found->finish);
}

/* A text in ASCII, or the signs of any text as bytes. */
static bool read_signs(PyObject *object, Text *text)
{
    Py_ssize_t size;
    char *data;
    if (PyUnicode_Check(object)) return read_text(object, text);
    if (PyBytes_AsStringAndSize(object, &data, &size) < 0) { PyErr_Clear(); return false; }
    if (size > INT32_MAX / 4) return false;
    *text = (Text){(const uint8_t *)data, (int32_t)size};
    return true;
}

/* scan(book, text) -> [(rule, start, end, begin, finish), ...] by rule, then place; or None */
static PyObject *scan(PyObject *module, PyObject *args)
{
    PyObject *capsule, *string, *list = NULL;
    Text text;
    Candidates found;
    int64_t steps = 200000;
    (void)module;
    if (!PyArg_ParseTuple(args, "OO", &capsule, &string)) return NULL;
    const Book *book = book_of(capsule);
    if (book == NULL) return NULL;
    if (!read_signs(string, &text)) Py_RETURN_NONE;
    int status = find_all(book, text, &steps, &found);
    if (status == FOUND) list = PyList_New(found.count);
    for (int32_t i = 0; list && i < found.count; i++) {
        PyObject *item = tuple_of(&found.at[i]);
        if (item == NULL) Py_CLEAR(list);
        else PyList_SetItem(list, i, item);
    }
    free_candidates(&found);
    if (status == COSTLY) Py_RETURN_NONE;
    return list;
}

/* find(book, rule, text, place) -> (rule, start, end, begin, finish), False or None */
static PyObject *find(PyObject *module, PyObject *args)
{
    PyObject *capsule, *string;
    int number, place;
    Text text;
    Candidate found;
    (void)module;
    if (!PyArg_ParseTuple(args, "OiOi", &capsule, &number, &string, &place)) return NULL;
    const Book *book = book_of(capsule);
    if (book == NULL) return NULL;
    if (!read_signs(string, &text) || number < 0 || number >= book->n_rules) Py_RETURN_NONE;
    int64_t steps = 200000 + (int64_t)text.size * 400;
    int status = find_next(book, number, text, place, &steps, &found);
    if (status == COSTLY) Py_RETURN_NONE;
    if (status == NONE) Py_RETURN_FALSE;
    return tuple_of(&found);
}

/* Reads (book, ask, text) and finds the hits. COSTLY with an exception set: the call was wrong. */
static int read_hits(PyObject *const *args, Py_ssize_t count, const Book **book, Text *text, Spans *hits)
{
    if (count != 3) { PyErr_SetString(PyExc_TypeError, "not a book, a function and a text"); return COSTLY; }
    *book = book_of(args[0]);
    if (*book == NULL || !(*book)->can_judge || !read_text(args[2], text)) return COSTLY;
    return hits_in(*book, *text, 0, args[1], hits);
}

/* None, so that Python judges; or the exception that is set. */
static PyObject *handed_back(void)
{
    if (PyErr_Occurred()) return NULL;
    Py_RETURN_NONE;
}

static PyObject *list_of(const Spans *spans)
{
    PyObject *list = PyList_New(spans->count);
    for (int32_t i = 0; list && i < spans->count; i++) {
        const Span *span = &spans->at[i];
        PyObject *item = Py_BuildValue("(iii)", span->start, span->end, span->label);
        if (item == NULL) Py_CLEAR(list);
        else PyList_SetItem(list, i, item);
    }
    return list;
}

/* hits(book, ask, text) -> [(start, end, label), ...], or None: for Python to judge */
static PyObject *hits(PyObject *module, PyObject *const *args, Py_ssize_t count)
{
    const Book *book;
    Text text;
    Spans found;
    (void)module;
    if (read_hits(args, count, &book, &text, &found) == COSTLY) return handed_back();
    PyObject *list = list_of(&found);
    free_spans(&found);
    return list;
}

/* The text with a marker in the place of each hit. */
PyObject *rewritten(const Book *book, Text text, const Spans *hits)
{
    size_t size = (size_t)text.size;
    for (int32_t i = 0; i < hits->count; i++) size += (size_t)book->labels[hits->at[i].label].marker_size;
    char few[2048], *out = size < sizeof few ? few : malloc(size + 1), *to = out;
    if (out == NULL) return PyErr_NoMemory();
    *out = 0;
    int32_t done = 0;
    for (int32_t i = 0; i <= hits->count; i++) {
        int32_t until = i < hits->count ? hits->at[i].start : text.size;
        memcpy(to, text.at + done, (size_t)(until - done));
        to += until - done;
        if (i == hits->count) break;
        const Label *label = &book->labels[hits->at[i].label];
        memcpy(to, label->marker, (size_t)label->marker_size);
        to += label->marker_size;
        done = hits->at[i].end;
    }
    PyObject *string = PyUnicode_FromStringAndSize(out, to - out);
    if (out != few) free(out);
    return string;
}

/* replaced(book, ask, text) -> (text, ids), the text itself, or None: for Python to judge */
static PyObject *replaced(PyObject *module, PyObject *const *args, Py_ssize_t count)
{
    const Book *book;
    Text text;
    Spans found;
    (void)module;
    if (read_hits(args, count, &book, &text, &found) == COSTLY) return handed_back();
    if (found.count == 0) {
        free_spans(&found);
        Py_INCREF(args[2]);
        return args[2];
    }
    PyObject *string = rewritten(book, text, &found), *ids = string ? PyTuple_New(found.count) : NULL;
    for (int32_t i = 0; ids && i < found.count; i++) {
        PyObject *id = book->labels[found.at[i].label].id;
        Py_INCREF(id);
        PyTuple_SetItem(ids, i, id);
    }
    free_spans(&found);
    PyObject *both = ids ? PyTuple_Pack(2, string, ids) : NULL;
    Py_XDECREF(string);
    Py_XDECREF(ids);
    return both;
}

static PyMethodDef METHODS[] = {
    {"book", make_book, METH_VARARGS, "Return a compiled book."},
    {"scan", scan, METH_VARARGS, "Return the matches of each rule, or None."},
    {"find", find, METH_VARARGS, "Return the next match of one rule, False, or None."},
    {"hits", (PyCFunction)(void (*)(void))hits, METH_FASTCALL, "Return what to replace in a text, or None."},
    {"replaced", (PyCFunction)(void (*)(void))replaced, METH_FASTCALL,
     "Return a text with markers, and what struck; or itself, or None."},
    {"walk", walk, METH_VARARGS, "Return plain data scrubbed, and what struck."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef MODULE = {
    PyModuleDef_HEAD_INIT, "_scan", "The matcher of the scrubber.", -1, METHODS, NULL, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit__scan(void) { return PyModule_Create(&MODULE); }
