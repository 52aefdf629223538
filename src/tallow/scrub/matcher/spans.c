/* Lists of spans: they begin small, grow, and are sorted by place. */
#include "book.h"

void begin_spans(Spans *spans)
{
    spans->count = 0;
    spans->room = (int32_t)(sizeof spans->few / sizeof *spans->few);
    spans->at = spans->few;
}

void free_spans(Spans *spans)
{
    if (spans->at != spans->few) free(spans->at);
}

bool add_span(Spans *spans, Span span)
{
    if (spans->count == spans->room) {
        Span *old = spans->at == spans->few ? NULL : spans->at;
        Span *larger = realloc(old, sizeof *larger * (size_t)spans->room * 4);
        if (larger == NULL) return false;
        if (old == NULL) memcpy(larger, spans->few, sizeof spans->few);
        spans->at = larger;
        spans->room *= 4;
    }
    spans->at[spans->count++] = span;
    return true;
}

static int by_place(const void *left, const void *right)
{
    const Span *a = left, *b = right;
    if (a->start != b->start) return a->start < b->start ? -1 : 1;
    if (a->end != b->end) return a->end > b->end ? -1 : 1;
    return a->order - b->order;
}

void sort_spans(Spans *spans)
{
    if (spans->count > 24) {
        qsort(spans->at, (size_t)spans->count, sizeof *spans->at, by_place);
        return;
    }
    for (int32_t i = 1; i < spans->count; i++) {
        Span moved = spans->at[i];
        int32_t k = i;
        for (; k > 0 && by_place(&moved, &spans->at[k - 1]) < 0; k--) spans->at[k] = spans->at[k - 1];
        spans->at[k] = moved;
    }
}
