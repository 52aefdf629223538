/* Takes what is secret in a value: `ValueReader.within`, with cookies and Authorization headers. */
#include "values.h"

enum { LONGEST_COOKIE_NAME = 80, LONGEST_NAME = 40, LONGEST_PART = 1000, MOST_ESCAPES = 4,
       LONGEST_SCHEME = 16, LONGEST_SIGNATURE = 2000,
       LEAST_TOKEN = 16 };

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

/* Whether a cookie, or an attribute of it such as `Max-Age`, tells nobody apart. */
static bool is_choice(Job *job, const Pair *pair, const KeyClass *named)
{
    uint8_t name[LONGEST_COOKIE_NAME];
    int32_t size = 0;
    for (int32_t i = pair->start; i < pair->equals; i++)
        if (job->text.at[i] != '-' && job->text.at[i] != '_') name[size++] = job->text.at[i];
    if (has_lowered(word_set(job->book, HEADERS_ATTRIBUTES), name, size)) return true;
    if (named) return false;
    return has_lowered(word_set(job->book, HEADERS_CHOICES), name, size)
           || is_full_match(job, HEADERS_WORDY, pair->from, pair->to)
           || is_full_match(job, HEADERS_MEASURE, pair->from, pair->to);
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
        if (suits(job, has_shape ? named->shape : SHAPE_MIXED, pair.from, pair.to)
            && !is_choice(job, &pair, named))
            take(job, pair.from, pair.to, entry->label);
    }
    if (place == start)
        take_whole(job, entry, SHAPE_MIXED, start, least_of(end, value_end(job, start, SHAPE_MIXED, NULL)));
}

/* Reads what stands in quotes, which may have backslashes before them. */
static bool read_quoted(Text text, int32_t place, int32_t end, Pair *pair)
{
    int32_t at = place, most;
    while (at < end && at < place + MOST_ESCAPES && text.at[at] == '\\') at++;
    if (at == end || text.at[at] != '"') return false;
    pair->from = ++at;
    most = end - at < LONGEST_PART + MOST_ESCAPES ? end : at + LONGEST_PART + MOST_ESCAPES + 1;
    while (at < most && text.at[at] != '"' && text.at[at] != '\r' && text.at[at] != '\n') at++;
    if (at == most || text.at[at] != '"') return false;
    pair->end = at + 1;
    for (int i = 0; i < MOST_ESCAPES && at > pair->from && text.at[at - 1] == '\\'; i++) at--;
    pair->to = at;
    return at - pair->from <= LONGEST_PART;
}

/* Reads one of `name="value", name=value`: _PARAMETER. */
static bool read_parameter(Text text, int32_t place, int32_t end, Pair *pair)
{
    int32_t at = place, most = end - place < LONGEST_NAME ? end : place + LONGEST_NAME;
    while (at < most && (is_alpha(text.at[at]) || text.at[at] == '_' || text.at[at] == '-')) at++;
    if (at == place || at + 1 >= end || text.at[at] != '=') return false;
    *pair = (Pair){.start = place, .equals = at, .from = at + 1};
    if (!read_quoted(text, at + 1, end, pair)) {
        pair->from = at + 1;
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
    const WordSet *proofs = word_set(job->book, HEADERS_PROOFS);
    Pair pair = {.leads_on = true};
    int32_t place = start;
    bool is_done = false;
    while (pair.leads_on && read_parameter(job->text, place, end, &pair)) {
        place = pair.end;
        const uint8_t *name = job->text.at + pair.start;
        int32_t size = pair.equals - pair.start;
        const KeyClass *named = classify(job->book, name, size);
        bool is_proof = has_lowered(proofs, name, size), is_empty = pair.from == pair.to;
        pair.to = scope_of(job, pair.from, pair.to);
        if (is_placeholder(job, pair.from, pair.to) || (is_empty && (is_proof || named))) {
            is_done = true;
        } else if (is_proof || (named && suits(job, named->shape, pair.from, pair.to))) {
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
    if (match_at(job, HEADERS_SCHEME, start, end, &match)) return match.end;
    if (!match_at(job, HEADERS_OWN_SCHEME, start, end, &match)) return -1;
    int32_t finish = least_of(value_end(job, match.end, SHAPE_MIXED, NULL), end);
    int32_t last = finish;
    while (last > match.end && job->text.at[last - 1] == '=') last--;
    bool is_token = finish - match.end >= LEAST_TOKEN && !has_sign(part(job->text, match.end, last), '=')
                    && suits(job, SHAPE_MIXED, match.end, finish);
    return is_token || is_placeholder(job, match.end, finish) ? match.end : -1;
}

/* Whether the quote at `end` opens a parameter: `Digest username="ann"`, in quotes. */
static bool is_cut(Text text, int32_t end)
{
    uint8_t next = sign_at(text, end + 1);
    bool is_value = is_alnum(next) || next == '[' || next == '<' || next == '{' || next == '$' || next == '*';
    return sign_at(text, end - 1) == '=' && is_quote(sign_at(text, end)) && is_value;
}

static void take_authorization(Job *job, const KeyClass *entry, int32_t start, int32_t end)
{
    Pair pair;
    int32_t secret = after_scheme(job, start, end), begin = secret < 0 ? start : secret;
    if (secret >= 0 && is_cut(job->text, end))
        end = least_of(job->text.size, start + LONGEST_VALUE);
    if (secret >= 0 && read_parameter(job->text, begin, end, &pair)) {
        take_parameters(job, entry, begin, end);
        return;
    }
    int32_t finish = least_of(value_end(job, begin, SHAPE_MIXED, NULL), end);
    take_whole(job, entry, secret < 0 ? SHAPE_MIXED : SHAPE_ANY, begin, finish);
}

/* Behind the name of a signature, such as `v1=`, or -1: _SIGNED. */
static int32_t after_signed(Text text, int32_t place, int32_t end)
{
    int32_t at = place;
    if (at == end || !is_alpha(text.at[at])) return -1;
    while (at < end && at - place < LONGEST_SCHEME
           && (is_alnum(text.at[at]) || text.at[at] == '_' || text.at[at] == '-'))
        at++;
    return at + 1 < end && text.at[at] == '=' && text.at[at + 1] != '=' ? at + 1 : -1;
}

/* Takes the values of `t=1741944413,v1=...`, but times; says whether it is such a list. */
static bool take_signatures(Job *job, const KeyClass *entry, int32_t start, int32_t end)
{
    Text text = job->text;
    int32_t place = start, from, to, count = job->taken->count;
    while ((from = after_signed(text, place, end)) >= 0) {
        for (to = from; to < end && to - from < LONGEST_SIGNATURE; to++)
            if (!is_in(text.at[to], IN_PARAMETER) || text.at[to] == ';') break;
        if (to == from) break;
        place = to;
        if (to < end && (text.at[to] == ',' || text.at[to] == ';' || text.at[to] == '&'))
            place += 1 + (to + 1 < end && text.at[to + 1] == ' ');
        if (!is_full_match(job, HEADERS_MEASURE, from, to)) take_whole(job, entry, SHAPE_MIXED, from, to);
    }
    if (place == end && end > start) return true;
    job->taken->count = count;
    return false;
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
    if (entry->is_signature && take_signatures(job, entry, start, end)) return;
    if (entry->is_session && is_full_match(job, HEADERS_MESSAGE_ID, start, end)) return;
    end = scope_of(job, start, end);
    int32_t first = start, last = end;
    while (first < last && is_space(job->text.at[first])) first++;
    while (last > first && is_space(job->text.at[last - 1])) last--;
    if (suits(job, entry->shape, first, last)) take(job, start, end, entry->label);
}
