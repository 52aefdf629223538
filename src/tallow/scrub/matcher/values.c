/* Reads the value that follows a telling name: `ValueReader.after`. The patterns of `values.py` are
 * written out by hand where they are simple: this check is asked the most of all.
 */
#include "values.h"

enum { FURTHEST_KEY = 60, LONGEST_RESOURCE = 160, FURTHEST_QUOTE = 200, LONGEST_INNER = 61 };

/* What stands behind a name, and whether it is in quotes. */
typedef struct { int32_t start, end; bool is_quoted; } Value;

/* --- where a value begins --------------------------------------------------------------------- */

/* Whether a marker such as `[email]` begins at `place`: _MARKER. */
static bool is_marker(Text text, int32_t place)
{
    int32_t at = place + 1;
    if (sign_at(text, place) != '[' || is_alnum(sign_at(text, place - 1))) return false;
    while (at - place < 22 && is_lower(sign_at(text, at))) at++;
    if (at - place < 3 || at - place > 21) return false;
    if (sign_at(text, at) != ':') return sign_at(text, at) == ']';
    for (int32_t i = at + 1; i < at + 5; i++)
        if (!is_digit(sign_at(text, i)) && (uint8_t)(sign_at(text, i) - 'a') >= 6) return false;
    return sign_at(text, at + 5) == ']';
}

/* Whether the marker is one of the book's; others, such as `[password] => x`, are names. */
static bool is_own_marker(const Book *book, Text text, int32_t place)
{
    int32_t size = 1;
    if (!is_marker(text, place)) return false;
    while (is_lower(text.at[place + size])) size++;
    for (int32_t i = 0; i < book->n_labels; i++) {
        const Label *label = &book->labels[i];
        if (label->marker_size == size + 1 && label->marker[size] == ']'
            && memcmp(label->marker, text.at + place, (size_t)size) == 0)
            return true;
    }
    return false;
}

/* Whether the name at `begin` is part of a cloud's name for a thing: `arn:...:secret:x`. */
static bool is_resource(Text text, int32_t begin)
{
    int32_t least = begin > LONGEST_RESOURCE ? begin - LONGEST_RESOURCE : 0;
    if (sign_at(text, begin - 1) != ':') return false;
    for (int32_t i = begin - 1; i >= least && is_in(text.at[i], IN_LOOSE); i--) {
        uint8_t first = text.at[i];
        if ((first == 'a' || first == 'c') && begin - i >= 4 && memcmp(text.at + i + 1, "rn:", 3) == 0)
            return !is_alnum(sign_at(text, i - 1));
    }
    return false;
}

/* Whether the part is the word, in any case. */
static bool is_word(Text text, int32_t start, int32_t end, const char *word)
{
    if ((size_t)(end - start) != strlen(word)) return false;
    for (int32_t i = start; i < end; i++)
        if (lowered(text.at[i]) != (uint8_t)word[i - start]) return false;
    return true;
}

/* Whether `aba` is a group of an IPv6 address: `2aba:f229:`, no name. */
static bool is_in_ipv6(Text text, int32_t begin)
{
    for (int group = 0; group < 2; group++) {
        int32_t first = begin;
        while (begin - first < 4 && is_hex(sign_at(text, begin))) begin++;
        if (sign_at(text, begin) != ':' || (group == 0 && begin == first)) return false;
        begin++;
    }
    return true;
}

/* Where the separator behind the name ends, or -1; what is not usual the pattern decides. */
static int32_t after_separator(Job *job, int32_t place)
{
    Text text = job->text;
    Match match;
    int32_t at = place;
    while (at < place + 2 && (is_quote(sign_at(text, at)) || sign_at(text, at) == ']')) at++;
    if (sign_at(text, at) == ')' && starts_with(text, at, ")=(")) return at + 3;
    int32_t sign = at + blanks_at(text, at, 3), next = sign + 1;
    uint8_t first = sign_at(text, sign), second = sign_at(text, next);
    bool is_usual = at < place + 2 || !is_quote(sign_at(text, at));
    bool is_element = first == '>' && sign_at(text, next + (second == ' ')) == '<';
    if (is_usual && (first == '=' || first == ':')) {
        if (sign_at(text, next + (second == ' ')) != '{') {
            if (first == '=' && second == '>') next++;
            else if (second == '=') next += first == '=' && sign_at(text, next + 1) == '=' ? 2 : 1;
            return next + blanks_at(text, next, 3);
        }
    } else if (is_usual && first == '-' && second == '>') {
        return next + 1 + blanks_at(text, next + 1, 3);
    } else if (is_usual && !is_element && first != '\r' && first != '\n') {
        if (at == place) return -1;
        sign = at;                        /* `"password" value=`? */
        while (sign < at + 2 && (sign_at(text, sign) == ' ' || sign_at(text, sign) == ',')) sign++;
        sign += is_quote(sign_at(text, sign));
        if (sign_at(text, sign) != 'v' && sign_at(text, sign) != 'c') return -1;
    }
    return match_at(job, VALUES_SEPARATOR, place, text.size, &match) ? match.end : -1;
}

/* Where the second of a pair begins behind the name in quotes, or -1: _PAIR. */
static int32_t after_comma(Text text, int32_t place)
{
    int32_t at = place + 1;
    if (!is_quote(sign_at(text, place))) return -1;
    at += sign_at(text, at) == ')';
    if (sign_at(text, at++) != ',') return -1;
    at += blanks_at(text, at, 2);
    uint8_t next = sign_at(text, at + (sign_at(text, at) == 'b'));
    return is_quote(next) || next == '[' ? at : -1;
}

/* Whether the name at `begin` is the quoted first of a pair: `("name", ...`. */
static bool is_in_tuple(Text text, int32_t begin)
{
    if (begin < 2 || !is_quote(text.at[begin - 1])) return false;
    uint8_t opening = text.at[begin - 2], outer = sign_at(text, begin - 3);
    return text.at[begin] == '-' || opening == '(' || opening == '['
           || (opening == 'b' && (outer == '(' || outer == '['));
}

/* Where a value behind blanks begins, or -1: _BLANK. `*word` is what stands between, or "". */
static int32_t after_blank(Text text, int32_t place, const char **word)
{
    static const char *const BETWEEN[] = {"is", "was", "are", "IS", "LIKE", "like", "ILIKE", "IN", "in"};
    int32_t at = place + blanks_at(text, place, 2);
    *word = "";
    if (at == place) return -1;
    if (is_quote(sign_at(text, at))) return at;
    if (at > place + 1) return -1;
    for (size_t i = 0; i < sizeof BETWEEN / sizeof *BETWEEN; i++) {
        int32_t size = (int32_t)strlen(BETWEEN[i]);
        if (text.size - at < size || memcmp(text.at + at, BETWEEN[i], (size_t)size) != 0) continue;
        int32_t blanks = blanks_at(text, at + size, 2);
        *word = BETWEEN[i];
        if (blanks > 0) return at + size + blanks;
    }
    return -1;
}

/* Where the value begins, or -1, and whether it counts only in quotes. */
static int32_t after_name(Job *job, int32_t begin, int32_t end, Shape shape, bool *is_strict)
{
    Text text = job->text;
    const char *word;
    *is_strict = false;
    int32_t place = after_separator(job, end);
    if (place >= 0) return place;
    place = after_comma(text, end);
    if (place >= 0 && is_in_tuple(text, begin)) {
        *is_strict = true;
        return place;
    }
    if (sign_at(text, end) == '>' && sign_at(text, begin - 1) == '<' && !is_word(text, begin, end, "code"))
        return end + 1;
    int32_t blanks = blanks_at(text, end, 2);
    if (text.at[begin] == '-' && blanks > 0 && end + blanks < text.size) {
        uint8_t next = text.at[end + blanks];
        if (!is_blank(next) && next != '-') return end + blanks;
    }
    place = after_blank(text, end, &word);
    *is_strict = word[0] == 0 || strcmp(word, "IN") == 0 || strcmp(word, "in") == 0;
    bool is_said = !*is_strict && strcmp(word, "LIKE") && strcmp(word, "like") && strcmp(word, "ILIKE");
    return is_said && shape == SHAPE_USER ? -1 : place;
}

/* Behind the quote, and brackets, a value begins with: _OPENING; or -1. */
static int32_t after_opening(Text text, int32_t place)
{
    int32_t at = place;
    at += sign_at(text, at) == '(';
    at += sign_at(text, at) == '[';
    switch (sign_at(text, at)) {
    case 'b': case 'r': case 'u': case 'f': at++;
    }
    uint8_t quote = sign_at(text, at);
    return is_quote(quote) || quote == '`' ? at + 1 : -1;
}

/* Whether `place` begins what a secret is called: `secret "db-login" not found`. */
static bool is_object(Job *job, int32_t begin, int32_t end, int32_t place)
{
    Match match;
    if (!is_word(job->text, begin, end, "secret") && !is_word(job->text, begin, end, "secrets")) return false;
    return match_at(job, VALUES_OBJECT, place, job->text.size, &match);
}

/* Whether the quote before `place` closes what the name stands in: `input("Password: ")`. */
static bool is_behind(Text text, int32_t begin, int32_t end, int32_t place)
{
    uint8_t quote = text.at[place - 1], next = sign_at(text, place), before;
    if (next == 0 || strchr(" ),;]}+.%:>/|&?", next) == NULL || sign_at(text, end) == quote) return false;
    int32_t at = begin - 1, least = begin > FURTHEST_QUOTE ? begin - FURTHEST_QUOTE : 0;
    while (at >= least && text.at[at] != quote && text.at[at] != '\n') at--;
    if (at < least || text.at[at] != quote) return false;
    before = sign_at(text, at - 1);
    return at == 0 || (before != 0 && strchr(" \t\r\n([{,=:+bfru\\", before) != NULL);
}

/* Whether what stands before a bracket is a function: `getOAuth2Token(request)`. */
static bool is_call(Job *job, int32_t start, int32_t end, Shape shape)
{
    if (shape == SHAPE_MIXED || shape == SHAPE_LONG || shape == SHAPE_PASS)
        return is_full_match(job, VALUES_CALL, start, end);
    if (shape == SHAPE_USER) return true;
    for (int32_t i = start; i < end; i++)
        if (is_digit(job->text.at[i])) return false;
    return shape == SHAPE_PWD || shape == SHAPE_USER_ID;
}

/* --- the check -------------------------------------------------------------------------------- */

int32_t cut_of(Text text, int32_t start, int32_t end, const KeyClass *entry)
{
    bool has_path = entry->is_session, is_password = entry->shape == SHAPE_PWD || entry->shape == SHAPE_PASS;
    for (int32_t at = start; entry->shape != SHAPE_ANY && at < end; at++) {
        uint8_t sign = text.at[at];
        if (sign == '(' || (!is_password && (sign == '?' || sign == '#'))) return at;
        if (sign != '/' || !has_path) continue;
        has_path = !is_encoded(part(text, start, end));
        if (has_path) return at;
    }
    return -1;
}

/* Whether it is a name of one case: _COLUMN. */
static bool is_column(Text text, int32_t start, int32_t end)
{
    bool has_small = false, has_big = false;
    for (int32_t at = start; at < end; at++) {
        if (!is_alpha(text.at[at]) && text.at[at] != '_') return false;
        has_small |= is_lower(text.at[at]);
        has_big |= is_upper(text.at[at]);
    }
    return end > start && !(has_small && has_big);
}

/* Whether it is one of several columns: `("password", "is_superuser", "email")`. */
static bool is_in_columns(Text text, Value value)
{
    int32_t next = value.end + 2 + (sign_at(text, value.end + 2) == ' ');
    if (sign_at(text, value.end + 1) != ',' || !is_quote(sign_at(text, next))) return false;
    return has_sign(part(text, value.start, value.end), '_') && is_column(text, value.start, value.end);
}

/* Finds the value behind the name at `begin` to `end`. */
static bool read_value(Job *job, int32_t begin, int32_t end, const KeyClass *entry, Value *value)
{
    Text text = job->text;
    bool is_strict;
    int32_t place = after_name(job, begin, end, entry->shape, &is_strict);
    if (place < 0) return false;
    int32_t opened = after_opening(text, place);
    if (opened >= 0) {
        if (is_strict && is_object(job, begin, end, opened)) return false;
        if (is_behind(text, begin, end, opened)) return false;
        uint8_t quote = text.at[opened - 1]; /* in a table's cell they are doubled */
        opened += sign_at(text, opened) == quote && sign_at(text, end) == quote && sign_at(text, end + 1) == quote;
        *value = (Value){opened, closing_of(text, opened, quote), true};
        return !is_strict || text.at[begin] == '-' || !is_in_columns(text, *value);
    }
    if (is_strict) return false;
    if (entry->shape == SHAPE_COOKIE || entry->shape == SHAPE_AUTH) {
        *value = (Value){place, text.size - place < LONGEST_VALUE ? text.size : place + LONGEST_VALUE, false};
        return true;
    }
    Match account;
    bool has_domain = entry->shape == SHAPE_USER && match_at(job, VALUES_ACCOUNT, place, text.size, &account);
    int32_t finish = value_end(job, has_domain ? account.end : place, entry->shape, entry);
    if (finish == place) return false;
    int32_t cut = cut_of(text, place, finish, entry);
    if (cut >= 0 && text.at[cut] == '(' && is_call(job, place, cut, entry->shape)) return false;
    if (cut > place) finish = cut;
    *value = (Value){place, extended_end(text, finish, entry->shape), false};
    return true;
}

/* How many words with a space before each stand at `*at`, which is moved behind them. */
static int32_t further_words(Text text, int32_t *at, int32_t end)
{
    int32_t count = 0;
    while (*at + 1 < end && text.at[*at] == ' ' && (is_alpha(text.at[*at + 1]) || text.at[*at + 1] == '\'')) {
        for (++*at; *at < end && (is_alpha(text.at[*at]) || text.at[*at] == '\''); ++*at) { }
        count++;
    }
    return count;
}

/* Whether it is a sentence of three words or more; without a capital it needs its stop: _SENTENCE. */
static bool is_sentence(Text text, int32_t start, int32_t end)
{
    int32_t at = start;
    if (at == end) return false;
    bool is_capital = is_upper(text.at[at]);
    for (; at < end; at++)
        if (!is_lower(text.at[at]) && text.at[at] != '\'' && !(is_capital && is_upper(text.at[at]))) break;
    if (at == start || further_words(text, &at, end) < 2) return false;
    if (at == end) return is_capital;
    return at + 1 == end && (text.at[at] == '.' || text.at[at] == '!');
}

/* Whether a bare word after a name is a sentence going on: `password: must be ...`. */
static bool is_prose(Job *job, Shape shape, Value value)
{
    Match match;
    Text text = job->text;
    if (value.is_quoted)
        return is_sentence(text, value.start, value.end)
               || (has_sign(part(text, value.start, value.end), ' ')
                   && is_full_match(job, VALUES_COMPLAINT, value.start, value.end));
    if (value.end == value.start) return false;
    if (!is_alpha(text.at[value.start]) || !is_lower(text.at[value.end - 1])) return false;
    for (int32_t i = value.start + 1; i < value.end; i++)
        if (!is_lower(text.at[i])) return false;
    bool is_personal = shape == SHAPE_PERSON || shape == SHAPE_USER;
    if (is_personal && match_at(job, VALUES_FIELD_NEXT, value.end, text.size, &match)) return false;
    int32_t word = value.end, at = value.start - 1;
    while (at >= value.start - 4 && is_blank(sign_at(text, at))) at--;
    if (at >= value.start - 4 && sign_at(text, at) == '='
        && !has_word(word_set(job->book, VALUES_KEYWORDS), text.at + value.start, value.end - value.start))
        return false;
    while (is_blank(sign_at(text, word))) word++;
    at = letters_end(text, word);
    if (word == value.end || at - word < 2) return false;
    if (at == text.size || (at == text.size - 1 && text.at[at] == '\n')) return true;
    switch (text.at[at]) {
    case ' ': case '.': case ',': case '!': case '?': case '(': case ')': case '\r': case '\n': return true;
    default: return false;
    }
}

/* Whether it is no value but a count or a field: `3 pass: all`, `session: sid=x`. */
static bool is_elsewhere(Job *job, const KeyClass *entry, int32_t begin, Value value)
{
    Text text = job->text;
    uint8_t before = sign_at(text, begin - 1);
    int32_t at = value.start, end = value.end;
    if (value.is_quoted || entry->shape == SHAPE_AUTH || entry->shape == SHAPE_COOKIE) return false;
    if (entry->shape == SHAPE_USER && starts_with(text, end, ";AccountKey=")) return true;
    if (entry->shape == SHAPE_PASS && before != '?' && before != '&')
        return !suits(job, SHAPE_MIXED, at, end);
    if (at == end || end - at >= FIRST_LOOK || (!is_alpha(text.at[at]) && text.at[at] != '_')) return false;
    while (at < end && at - value.start < LONGEST_INNER && is_in(text.at[at], IN_NAME)) at++;
    if (at + 1 >= end || text.at[at] != '=' || text.at[at + 1] == '=' || is_space(text.at[at + 1])) return false;
    bool is_empty = sign_at(text, value.start - 1) == ' ' && sign_at(text, value.start - 2) == '='
                    && !is_blank(sign_at(text, value.start - 3));
    if (is_empty && is_column(text, value.start, at)) return true; /* `MAC= SRC=192.0.2.7` */
    const KeyClass *named = classify(job->book, text.at + value.start, at - value.start);
    if (named == NULL) return false;
    return text.at[at + 1] == '[' || is_placeholder(job, at + 1, end) || suits(job, named->shape, at + 1, end);
}

/* Whether the value is the name once more: `password=password`. */
static bool is_name_again(Text text, int32_t begin, int32_t end, Value value)
{
    if (value.end - value.start != end - begin) return false;
    for (int32_t i = 0; i < end - begin; i++)
        if (lowered(text.at[begin + i]) != lowered(text.at[value.start + i])) return false;
    return true;
}

/* Takes what is secret after the name whose last word stands at `start` to `end`. */
void check_named(Job *job, const Options *options, int32_t start, int32_t end)
{
    Text text = job->text;
    Value value;
    int32_t begin = start, least = start > FURTHEST_KEY ? start - FURTHEST_KEY : 0;
    (void)options;
    while (begin > least && is_in(text.at[begin - 1], IN_NAME)) begin--;
    if (begin >= 3 && memcmp(text.at + begin - 3, "://", 3) == 0) return;
    if (is_own_marker(job->book, text, begin - 1)) return;
    if (sign_at(text, begin - 1) == '{' && starts_with(text, end, ":?")) return;
    const KeyClass *entry = classify(job->book, text.at + begin, end - begin);
    if (entry == NULL || is_in_ipv6(text, begin) || is_resource(text, begin)) return;
    if (!read_value(job, begin, end, entry, &value)) return;
    if (is_elsewhere(job, entry, begin, value)) return;
    if (is_name_again(text, begin, end, value)) return;
    if (entry->shape == SHAPE_AUTH || entry->shape == SHAPE_COOKIE || !is_prose(job, entry->shape, value))
        take_within(job, entry, value.start, value.end);
}
