/* Takes what is secret in a value: `ValueReader.within`, with cookies and Authorization headers. */
#include "values.h"

enum { LONGEST_COOKIE_NAME = 80, LONGEST_NAME = 40, LONGEST_PART = 1000 };

/* One `name=value` of several; `end` is behind the sign and blanks that lead on to the next. */
typedef struct { int32_t start, equals, from, to, end; bool leads_on; } Pair;

static int32_t least_of(int32_t a, int32_t b) { return a < b ? a : b; }

/* Where a run of signs of a kind ends, `most` signs and `end` at most. */
static int32_t run_end(Text text, int32_t place, int32_t end, int32_t most, uint8_t kind)
{
    int32_t last = end - place < most ? end : place + most;
    while (place < last && is_in(text.at[place], kind)) place++;
    return place;
}

/* Takes all of a value when it looks the part. */
static void take_whole(Job *job, const KeyClass *entry, Shape shape, int32_t start, int32_t end)
{
    if (suits(job, shape, start, end)) take(job, start, end, entry->label);
}

/* Reads one of `name=value; name=value`: _COOKIE. */
static bool read_cookie(Text text, int32_t place, int32_t end, Pair *pair)
{
    pair->start = place;
    pair->equals = run_end(text, place, end, LONGEST_COOKIE_NAME, IN_COOKIE_NAME);
    if (pair->equals == place || pair->equals == end || text.at[pair->equals] != '=') return false;
    pair->from = pair->equals + 1;
    pair->to = pair->end = run_end(text, pair->from, end, LONGEST_PART, IN_COOKIE);
    pair->leads_on = pair->to < end && text.at[pair->to] == ';';
    if (pair->leads_on) pair->end += 1 + blanks_at((Text){text.at, end}, pair->to + 1, 3);
    return true;
}

/* Whether a cookie's name is that of an attribute such as `Max-Age`. */
static bool is_attribute(Job *job, const Pair *pair)
{
    uint8_t name[LONGEST_COOKIE_NAME];
    int32_t size = 0;
    for (int32_t i = pair->start; i < pair->equals; i++)
        if (job->text.at[i] != '-') name[size++] = job->text.at[i];
    return has_lowered(word_set(job->book, VALUES_ATTRIBUTES), name, size);
}

/* Takes the values of cookies; what is no pair at all is a bare session id, or nothing. */
static void take_cookies(Job *job, const KeyClass *entry, int32_t start, int32_t end)
{
    Pair pair = {.leads_on = true};
    int32_t place = start;
    while (pair.leads_on && read_cookie(job->text, place, end, &pair)) {
        place = pair.end;
        const KeyClass *named = classify(job->book, job->text.at + pair.start, pair.equals - pair.start);
        bool has_shape = named && named->shape != SHAPE_COOKIE && named->shape != SHAPE_AUTH;
        if (suits(job, has_shape ? named->shape : SHAPE_MIXED, pair.from, pair.to) && !is_attribute(job, &pair))
            take(job, pair.from, pair.to, entry->label);
    }
    if (place == start)
        take_whole(job, entry, SHAPE_MIXED, start, least_of(end, value_end(job, start, SHAPE_MIXED)));
}

/* Reads one of `name="value", name=value`: _PARAMETER. */
static bool read_parameter(Text text, int32_t place, int32_t end, Pair *pair)
{
    int32_t at = place, most = end - place < LONGEST_NAME ? end : place + LONGEST_NAME;
    while (at < most && (is_alpha(text.at[at]) || text.at[at] == '_' || text.at[at] == '-')) at++;
    if (at == place || at + 1 >= end || text.at[at] != '=') return false;
    *pair = (Pair){.start = place, .equals = at, .from = at + 1};
    if (text.at[at + 1] == '"') {
        pair->from = at = at + 2;
        while (at < end && at - pair->from < LONGEST_PART && text.at[at] != '"' && text.at[at] != '\r'
               && text.at[at] != '\n')
            at++;
        if (at == end || text.at[at] != '"') return false;
        pair->to = at;
        pair->end = at + 1;
    } else {
        pair->to = pair->end = run_end(text, pair->from, end, LONGEST_PART, IN_PARAMETER);
        if (pair->to == pair->from) return false;
    }
    uint8_t sign = pair->end < end ? text.at[pair->end] : 0;
    pair->leads_on = sign == ',' || sign == ';' || sign == '&' || sign == ' ';
    if (pair->leads_on) pair->end += 1 + blanks_at((Text){text.at, end}, pair->end + 1, 3);
    return true;
}

/* Takes the telling ones of the parameters of a scheme; if none is, all. */
static void take_parameters(Job *job, const KeyClass *entry, int32_t start, int32_t end)
{
    const WordSet *proofs = word_set(job->book, VALUES_PROOFS);
    Pair pair = {.leads_on = true};
    int32_t place = start;
    bool is_done = false;
    while (pair.leads_on && read_parameter(job->text, place, end, &pair)) {
        place = pair.end;
        const uint8_t *name = job->text.at + pair.start;
        int32_t size = pair.equals - pair.start;
        if (is_placeholder(job, pair.from, pair.to)) {
            is_done = true;
            continue;
        }
        const KeyClass *named = classify(job->book, name, size);
        if (has_lowered(proofs, name, size) || (named && suits(job, named->shape, pair.from, pair.to))) {
            take(job, pair.from, pair.to, entry->label);
            is_done = true;
        }
    }
    if (!is_done) take(job, start, place, entry->label);
}

/* Where the secret behind a scheme such as `Bearer ` begins, or -1: there is none. */
static int32_t after_scheme(Job *job, int32_t start, int32_t end)
{
    Match match;
    int32_t at = start;
    while (at < end && (is_alnum(job->text.at[at]) || job->text.at[at] == '-')) at++;
    if (at == start || at == end || !is_blank(job->text.at[at])) return -1;
    return match_at(job, VALUES_SCHEME, start, end, &match) ? match.end : -1;
}

static void take_authorization(Job *job, const KeyClass *entry, int32_t start, int32_t end)
{
    Pair pair;
    int32_t secret = after_scheme(job, start, end), begin = secret < 0 ? start : secret;
    if (secret >= 0 && read_parameter(job->text, begin, end, &pair)) {
        take_parameters(job, entry, begin, end);
        return;
    }
    int32_t finish = least_of(value_end(job, begin, SHAPE_MIXED), end);
    take_whole(job, entry, secret < 0 ? SHAPE_MIXED : SHAPE_ANY, begin, finish);
}

/* Takes what is secret in the value at `start` to `end` of a field of class `entry`. */
void take_within(Job *job, const KeyClass *entry, int32_t start, int32_t end)
{
    if (entry->shape == SHAPE_COOKIE) {
        take_cookies(job, entry, start, end);
        return;
    }
    if (entry->shape == SHAPE_AUTH) {
        take_authorization(job, entry, start, end);
        return;
    }
    int32_t first = start, last = end;
    while (first < last && is_space(job->text.at[first])) first++;
    while (last > first && is_space(job->text.at[last - 1])) last--;
    if (suits(job, entry->shape, first, last)) take(job, start, end, entry->label);
}
