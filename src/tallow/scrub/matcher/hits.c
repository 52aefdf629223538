/* From matches to hits: checks, claims, escapes looked through, overlaps resolved. As `scrubber.py`. */
#include "book.h"

#define STEPS 200000
#define DEEPEST 12     /* texts within texts; beyond, Python decides */
#define SHORTEST 5
#define SHORT_WORD 20
#define LONGEST_CONTEXT 512

/* What earlier rules have taken: sorted, and what the rule at work takes, sorted too. */
typedef struct { Spans old, fresh; } Claims;

/* The state of one text: the job its checks see, and what they found. */
typedef struct {
    Job job;                              /* first: `finds` gets back from a job to its search */
    PyObject *ask, *string;
    Spans *found;
    Claims claims;
    Spans taken;
} Search;

void take(Job *job, int32_t start, int32_t end, int32_t label)
{
    if (!add_span(job->taken, (Span){start, end, label, 0})) job->has_failed = true;
}

/* Whether one pair of ends comes before another. */
static bool is_before(const Span *a, const Span *b)
{
    return a->start != b->start ? a->start < b->start : a->end < b->end;
}

/* The last span that begins at `start` or before, or NULL. */
static const Span *last_until(const Spans *spans, int32_t start)
{
    int32_t low = 0, high = spans->count;
    while (low < high) {
        int32_t middle = (low + high) / 2;
        if (spans->at[middle].start <= start) low = middle + 1; else high = middle;
    }
    return low ? &spans->at[low - 1] : NULL;
}

static bool is_claimed(const Claims *claims, int32_t start, int32_t end)
{
    const Span *old = last_until(&claims->old, start), *fresh = last_until(&claims->fresh, start);
    if (!old || (fresh && is_before(old, fresh))) old = fresh;
    return old && old->end >= end;
}

/* One rule's claims come nearly in order, so each finds its place from the end. */
static bool claim(Claims *claims, int32_t start, int32_t end)
{
    Span span = {start, end, 0, 0};
    Spans *fresh = &claims->fresh;
    if (!add_span(fresh, span)) return false;
    int32_t k = fresh->count - 1;
    for (; k > 0 && is_before(&span, &fresh->at[k - 1]); k--) fresh->at[k] = fresh->at[k - 1];
    fresh->at[k] = span;
    return true;
}

/* Joins what the last rule claimed to what those before it did. */
static bool settle(Claims *claims)
{
    Spans *old = &claims->old, *fresh = &claims->fresh;
    int32_t from = old->count - 1, more = fresh->count - 1;
    for (int32_t i = 0; i <= more; i++)
        if (!add_span(old, fresh->at[i])) return false;
    for (int32_t to = old->count - 1; more >= 0; to--)
        old->at[to] = from >= 0 && is_before(&fresh->at[more], &old->at[from]) ? old->at[from--]
                                                                               : fresh->at[more--];
    fresh->count = 0;
    return true;
}

/* Keeps what a check took, unless it is a marker; returns where the last of it ends, or -1. */
static int32_t keep(Search *search, int32_t number)
{
    Job *job = &search->job;
    int32_t last = -1;
    for (int32_t i = 0; i < search->taken.count; i++) {
        Span span = search->taken.at[i];
        Match match;
        if (sign_at(job->text, span.start) == '['
            && (match_at(job, SCRUBBER_MARKER, span.start, job->text.size, &match)
                || is_placeholder(job, span.start, span.end))) continue;
        if (span.label == OWN) span.label = number;
        span.order = search->found->count;
        if (!add_span(search->found, span) || !claim(&search->claims, span.start, span.end))
            job->has_failed = true;
        last = span.end;
    }
    search->taken.count = 0;
    return last;
}

/* Lets a Python check judge; it returns [(start, end, label), ...]. */
static void ask_python(Search *search, int32_t number, int32_t start, int32_t end)
{
    Job *job = &search->job;
    if (!search->string)
        search->string = PyUnicode_FromStringAndSize((const char *)job->text.at, job->text.size);
    PyObject *list = search->string ? PyObject_CallFunction(search->ask, "iOii", number, search->string,
                                                            start, end) : NULL;
    Py_ssize_t count = list ? PySequence_Size(list) : -1;
    for (Py_ssize_t i = 0; i < count; i++) {
        PyObject *item = PySequence_GetItem(list, i);
        int first, last, label;
        if (!item || !PyArg_ParseTuple(item, "iii", &first, &last, &label)) count = -1;
        else take(job, first, last, label);
        Py_XDECREF(item);
    }
    Py_XDECREF(list);
    if (count < 0) job->has_failed = true;
}

/* Judges one match; returns where what was taken of it ends, or -1. */
static int32_t judged(Search *search, const Candidate *match)
{
    Job *job = &search->job;
    const Judge *judge = &job->book->judges[match->rule];
    if (judge->asks) ask_python(search, match->rule, match->begin, match->finish);
    else if (judge->check) judge->check(job, &judge->options, match->begin, match->finish);
    else take(job, match->begin, match->finish, OWN);
    return keep(search, match->rule);
}

static bool is_left_alone(const Search *search, const Candidate *match)
{
    return search->job.book->judges[match->rule].is_modest
           && is_claimed(&search->claims, match->start, match->end);
}

/* Looks again with a rule from a place on: behind a match's first sign, or behind a hit. */
static void retry(Search *search, int32_t rule, int32_t place)
{
    Job *job = &search->job;
    Candidate next;
    for (;;) {
        int status = find_next(job->book, rule, job->text, place, &job->steps, &next);
        if (status == COSTLY) job->has_failed = true;
        if (status != FOUND || job->has_failed) return;
        place = next.end > next.start + 1 ? next.end : next.start + 1;
        if (is_left_alone(search, &next)) continue;
        int32_t last = judged(search, &next);
        place = last > next.start ? last : next.start + 1;
    }
}

static void judge_all(Search *search, const Candidates *matches)
{
    Job *job = &search->job;
    int32_t retried = -1, last = -1;
    for (int32_t i = 0; i < matches->count && !job->has_failed; i++) {
        const Candidate *match = &matches->at[i];
        if (match->rule == retried) continue;
        if (match->rule != last && !settle(&search->claims)) job->has_failed = true;
        last = match->rule;
        if (is_left_alone(search, match)) continue;
        int32_t until = judged(search, match);
        if (until == match->end || !(job->book->rules[match->rule].flags & 1)) continue;
        retried = match->rule;
        retry(search, match->rule, until > match->start ? until : match->start + 1);
    }
}

/* Adds to `found` what is in `text`, its escapes not undone; false: too costly. */
static bool look_through(const Book *book, Text text, int depth, PyObject *ask, Spans *found)
{
    Candidates matches;
    Search search = {.job = {.book = book, .text = text, .depth = depth, .steps = STEPS},
                     .ask = ask, .found = found};
    search.job.taken = &search.taken;
    bool is_done = find_all(book, text, &search.job.steps, &matches) == FOUND;
    if (is_done && matches.count) {
        begin_spans(&search.taken);
        begin_spans(&search.claims.old);
        begin_spans(&search.claims.fresh);
        judge_all(&search, &matches);
        is_done = !search.job.has_failed;
        free_spans(&search.taken);
        free_spans(&search.claims.old);
        free_spans(&search.claims.fresh);
        Py_XDECREF(search.string);
    }
    free_candidates(&matches);
    return is_done;
}

/* Lets spans that begin within an escape begin behind it; drops those where a marker is there.
 *
 * Those that begin within a colour are dropped: the text is read without it as well.
 */
static bool begin_behind_escapes(const Book *book, const View *view, Text text, Spans *found, int32_t own)
{
    Job job = {.book = book, .text = text, .steps = STEPS + (int64_t)text.size * STEPS_A_SIGN};
    Match match;
    int32_t kept = own;
    for (int32_t i = own; i < found->count; i++) {
        Span span = found->at[i];
        int32_t start = behind_escape(view, text, span.start);
        if (start < 0) continue;
        if (start > span.start && start < span.end) {
            span.start = start;
            if (match_at(&job, SCRUBBER_MARKER, start, text.size, &match)) continue;
        }
        span.order = kept;
        found->at[kept++] = span;
    }
    found->count = kept;
    return !job.has_failed;
}

/* Adds what is in the text with its escapes undone, at the places it came from.
 *
 * What was found in the text itself are the spans from `own` on.
 */
static bool look_through_escapes(const Book *book, Text text, int depth, PyObject *ask, Spans *found,
                                 int32_t own)
{
    View view;
    int status = undone(text, &view);
    if (status != FOUND) return status == NONE;
    bool is_done = begin_behind_escapes(book, &view, text, found, own);
    int32_t first = found->count;
    is_done = is_done && look_through(book, view.text, depth, ask, found);
    for (int32_t i = first; is_done && i < found->count; i++) {
        Span *span = &found->at[i];
        span->end = view.until[span->end - 1];
        span->start = view.from[span->start];
    }
    free_view(&view);
    return is_done;
}

/* Resolves overlaps: one hit for each stretch, with the label that goes before the others. */
static void merge(const Book *book, Spans *spans)
{
    if (spans->count < 2) return;
    sort_spans(spans);
    int32_t done = 0;
    Span now = spans->at[0];
    for (int32_t i = 1; i < spans->count; i++) {
        Span next = spans->at[i];
        if (next.start >= now.end) {
            spans->at[done++] = now;
            now = next;
        } else if (book->yields[next.label * book->n_labels + now.label]) {
            continue;
        } else if (book->yields[now.label * book->n_labels + next.label]) {
            now = next;
        } else {
            if (next.end > now.end) now.end = next.end;
            if (book->labels[next.label].rank < book->labels[now.label].rank) now.label = next.label;
        }
    }
    spans->at[done++] = now;
    spans->count = done;
}

/* Whether `text` is too short or too plain a word to hold anything. */
static bool is_harmless(Text text)
{
    if (text.size < SHORTEST) return true;
    if (text.size >= SHORT_WORD || !is_alpha(text.at[0])) return false;
    for (int32_t i = 1; i < text.size; i++)
        if (!is_alpha(text.at[i]) && text.at[i] != '_' && text.at[i] != '.') return false;
    return true;
}

/* Finds the hits of `text`, in order, without overlaps; the caller frees them. */
int hits_in(const Book *book, Text text, int depth, PyObject *ask, Spans *hits)
{
    begin_spans(hits);
    if (is_harmless(text)) return FOUND;
    if (depth > DEEPEST || !look_through(book, text, depth, ask, hits)
        || !look_through_escapes(book, text, depth, ask, hits, 0)) {
        free_spans(hits);
        return COSTLY;
    }
    merge(book, hits);
    return FOUND;
}

/* Takes what the class of the field's name says is secret; markers are not. */
static bool take_own(const Book *book, const KeyClass *entry, Text text, Spans *hits)
{
    Job job = {.book = book, .text = text, .steps = STEPS, .taken = hits};
    Match match;
    int32_t kept = 0;
    job.steps += (int64_t)text.size * STEPS_A_SIGN;
    take_within(&job, entry, 0, text.size);
    for (int32_t i = 0; i < hits->count && !job.has_failed; i++) {
        Span span = hits->at[i];
        if (match_at(&job, SCRUBBER_MARKER, span.start, text.size, &match)) continue;
        span.order = kept;
        hits->at[kept++] = span;
    }
    hits->count = kept;
    return !job.has_failed;
}

/* Looks through the value with its name before it: `name=value`. */
static bool look_through_field(const Book *book, Text name, Text text, PyObject *ask, Spans *hits)
{
    uint8_t both[2 * LONGEST_CONTEXT + 1];
    int32_t lead = 0, kept = hits->count;
    Text whole = text;
    if (name.size > 0 && text.size <= LONGEST_CONTEXT) {
        if (name.size > LONGEST_CONTEXT) return false;
        lead = name.size + 1;
        memcpy(both, name.at, (size_t)name.size);
        both[name.size] = '=';
        memcpy(both + lead, text.at, (size_t)text.size);
        whole = (Text){both, lead + text.size};
    }
    if (!look_through(book, whole, 0, ask, hits) || !look_through_escapes(book, whole, 0, ask, hits, kept))
        return false;
    for (int32_t i = kept; i < hits->count; i++) {
        Span span = hits->at[i];
        if (span.end <= lead) continue;
        span.start = span.start > lead ? span.start - lead : 0;
        span.end -= lead;
        span.order = kept;
        hits->at[kept++] = span;
    }
    hits->count = kept;
    return true;
}

int hits_in_field(const Book *book, Text name, const KeyClass *entry, Text text, PyObject *ask,
                  Spans *hits)
{
    if (name.size == 0 && entry == NULL) return hits_in(book, text, 0, ask, hits);
    begin_spans(hits);
    if ((entry && !take_own(book, entry, text, hits))
        || (!is_harmless(text) && !look_through_field(book, name, text, ask, hits))) {
        free_spans(hits);
        return COSTLY;
    }
    merge(book, hits);
    return FOUND;
}

bool finds(Job *job, Text text)
{
    Search *search = (Search *)job;
    Spans hits;
    bool is_ascii = true;
    for (int32_t i = 0; i < text.size; i++) is_ascii &= text.at[i] < ASCII;
    int status = is_ascii ? hits_in(job->book, text, job->depth + 1, search->ask, &hits) : COSTLY;
    if (status == COSTLY) { job->has_failed = true; return false; }
    bool is_there = hits.count > 0;
    free_spans(&hits);
    return is_there;
}
