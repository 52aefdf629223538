/* Where the value of a named field ends: `ends.py`, by hand. */
#include "values.h"

enum { LONGEST_RUN = 500, LONGEST_NAME = 40, MARKUP = 200 };

#define IS_LETTER(c) (((c) >= 'A' && (c) <= 'Z') || ((c) >= 'a' && (c) <= 'z'))
#define IS_ALNUM(c) (IS_LETTER(c) || ((c) >= '0' && (c) <= '9'))
#define IS_SPACE(c) ((c) == ' ' || ((c) >= 9 && (c) <= 13) || ((c) >= 28 && (c) <= 31))
#define IS_QUOTE(c) ((c) == '"' || (c) == '\'')
#define IS_MARK(c) ((c) == '<' || (c) == '>' || (c) == '|')
#define IS_END(c) ((c) == '`' || (c) == '\\' || (c) == '^')
#define IS_STOP(c) ((c) == ',' || (c) == ';' || (c) == '&')
#define IS_CLOSING(c) ((c) == ')' || (c) == ']' || (c) == '}')
#define IS_COOKIE_SIGN(c) \
    (IS_ALNUM(c) || (c) == '!' || ((c) >= '#' && (c) <= '&') || (c) == '*' || (c) == '+' || (c) == '-' \
     || (c) == '.' || (c) == ':' || ((c) >= '^' && (c) <= '`') || (c) == '|' || (c) == '~')
#define IS_LOOSE(c) \
    (!(IS_SPACE(c) || IS_QUOTE(c) || IS_MARK(c) || IS_STOP(c) || IS_CLOSING(c) || IS_END(c)))
#define IS_STREET(c) \
    (!(IS_QUOTE(c) || IS_MARK(c) || (c) == ';' || (c) == '&' || (c) == '=' || (c) == '\r' || (c) == '\n'))
#define IS_ENDING(c) (IS_QUOTE(c) || (c) == '`' || (c) == '\\' || (c) == '\r' || (c) == '\n')

#define KINDS(c) \
    ((IS_ALNUM(c) || (c) == '_' || (c) == '.' || (c) == '-' ? IN_NAME : 0) | (IS_LOOSE(c) ? IN_LOOSE : 0) \
     | (IS_COOKIE_SIGN(c) ? IN_COOKIE_NAME : 0) \
     | (IS_SPACE(c) || IS_QUOTE(c) || (c) == ';' || (c) == ',' ? 0 : IN_COOKIE) \
     | (IS_SPACE(c) || IS_QUOTE(c) || (c) == ',' || (c) == '&' ? 0 : IN_PARAMETER) \
     | (IS_STREET(c) ? IN_STREET : 0) | (IS_ENDING(c) ? 0 : IN_QUOTATION))
#define FOUR(c) KINDS(c), KINDS((c) + 1), KINDS((c) + 2), KINDS((c) + 3)
#define SIXTEEN(c) FOUR(c), FOUR((c) + 4), FOUR((c) + 8), FOUR((c) + 12)

const uint8_t VALUE_SIGNS[SIGNS] = {
    SIXTEEN(0), SIXTEEN(16), SIXTEEN(32), SIXTEEN(48), SIXTEEN(64), SIXTEEN(80), SIXTEEN(96), SIXTEEN(112),
};

/* Where the quotation that begins at `start` ends; without an end, the line does. */
int32_t closing_of(Text text, int32_t start, uint8_t quote)
{
    int32_t most = text.size - start < LONGEST_VALUE ? text.size : start + LONGEST_VALUE, place = start;
    while (place < most) {
        uint8_t sign = text.at[place];
        if (is_in(sign, IN_QUOTATION)) {
            place++;
            continue;
        }
        if (sign == quote || sign == '\r' || sign == '\n') return place;
        place += sign == '\\' ? 2 : 1;
    }
    return most;
}

/* Whether a value ends with the "," or "&" before `place`: a name or white space follows. */
static bool ends_at_stop(Text text, int32_t place)
{
    uint8_t sign = sign_at(text, place);
    if (place == text.size || is_space(sign) || is_quote(sign) || sign == '<' || sign == '\\') return true;
    if (!is_alpha(sign) && sign != '_') return false;
    int32_t at = place + 1;
    for (int i = 0; i < LONGEST_NAME; i++) { /* `card[name]`, `card%5Bname%5D` */
        uint8_t next = sign_at(text, at);
        bool is_bracket = next == '%' && sign_at(text, at + 1) == '5' && strchr("BDbd", sign_at(text, at + 2));
        if (is_bracket && at + 2 < text.size) at += 3;
        else if (is_in(next, IN_NAME) || next == '[' || next == ']') at++;
        else break;
    }
    at += is_blank(sign_at(text, at));
    return sign_at(text, at) == '=' || sign_at(text, at) == ':';
}

/* Whether a value ends before the bracket in front of `place`: _CLOSES. */
static bool ends_at_bracket(Text text, int32_t place)
{
    return place == text.size || !is_in(text.at[place], IN_LOOSE);
}

/* Whether the "<" or ">" at `place` is a sign of a password, not of an element. */
static bool is_no_markup(Text text, int32_t place, int32_t start)
{
    uint8_t next = sign_at(text, place + 1);
    if (ends_at_bracket(text, place + 1)) return false;
    if (text.at[place] == '<') return !is_alpha(next) && (next == 0 || strchr("/!?%=-", next) == NULL);
    if (text.at[place - 1] == '-' || text.at[place - 1] == '=') return false; /* an arrow */
    for (int32_t at = start - 1; at >= 0 && at >= place - MARKUP; at--)
        if (text.at[at] == '<') return false;
    return next != '/' && next != '=';
}

/* Whether `name=` stands there, as behind the "^" that parts the fields of LEEF: _NEXT_PAIR. */
static bool begins_pair(Text text, int32_t place)
{
    int32_t at = place + 1, last = place + 1 + LONGEST_NAME;
    if (!is_alpha(sign_at(text, place)) && sign_at(text, place) != '_') return false;
    while (at < last && is_in(sign_at(text, at), IN_NAME)) at++;
    return sign_at(text, at) == '=';
}

/* Whether the sign at `place`, which ends most values, is part of this one. */
static bool goes_on(Text text, int32_t place, int32_t start, Shape shape)
{
    uint8_t sign = text.at[place], next = sign_at(text, place + 1);
    if (IS_STOP(sign)) return !ends_at_stop(text, place + 1);
    bool is_drawn = shape == SHAPE_ANY || shape == SHAPE_PWD || shape == SHAPE_PASS || shape == SHAPE_MIXED
                    || shape == SHAPE_LONG;
    if (sign == '^') return is_drawn || !begins_pair(text, place + 1);
    if (place == start) return false;
    bool is_password = shape == SHAPE_ANY || shape == SHAPE_PWD;
    if (sign == '<' || sign == '>') return is_password && is_no_markup(text, place, start);
    if (!IS_CLOSING(sign)) return false;
    if (sign != ']' && (next == '<' || next == '>')) return is_password && is_no_markup(text, place + 1, start);
    return !ends_at_bracket(text, place + 1);
}

/* Where a value without quotes ends: a sign such as "," or ")" may be part of it. */
static int32_t loose_end(Text text, int32_t start, int32_t most, Shape shape)
{
    int32_t place = start;
    while (place < text.size && place - start < most) {
        int32_t run = place, last = text.size - place < LONGEST_RUN ? text.size : place + LONGEST_RUN;
        while (run < last && is_in(text.at[run], IN_LOOSE)) run++;
        if (run > place) {
            place = run;
            continue;
        }
        if (!goes_on(text, place, start, shape)) break;
        place++;
    }
    if (place > start && (place == text.size || is_space(text.at[place]))) {
        for (; place > start; place--) {
            uint8_t last = text.at[place - 1];
            if (last != '.' && last != ':' && last != '!' && last != '?') break;
        }
    }
    return place;
}

int32_t value_end(Job *job, int32_t start, Shape shape, const KeyClass *entry)
{
    Match match;
    int32_t end = loose_end(job->text, start, FIRST_LOOK, shape);
    if (sign_at(job->text, start) == '(' && match_at(job, ENDS_SAID, start, job->text.size, &match))
        return match.end > end ? match.end : end; /* `(known after apply)` */
    if (sign_at(job->text, start) == '[') { /* `[FILTERED], next`: the bracket goes along */
        bool is_bracketed = match_at(job, ENDS_BRACKETED, start, job->text.size, &match);
        if (is_bracketed && match.end > end) return match.end;
        return end + (sign_at(job->text, end) == ']');
    }
    if (end - start < FIRST_LOOK || (entry && cut_of(job->text, start, end, entry) >= 0)) return end;
    if (suits(job, shape, start, end))
        return loose_end(job->text, start, LONGEST_VALUE, shape);
    return end;
}

/* The end of further groups of digits: _MORE_DIGITS. */
static int32_t more_digits(Text text, int32_t end)
{
    for (int group = 0; group < 6; group++) {
        int32_t at = end + blanks_at(text, end, 1);
        at += sign_at(text, at) == '(';
        for (int i = 0; i < 2; i++) {
            uint8_t sign = sign_at(text, at);
            if (sign != ' ' && sign != '(' && sign != ')' && sign != '.' && sign != '/' && sign != '-') break;
            at++;
        }
        if (!is_digit(sign_at(text, at)) || !is_digit(sign_at(text, at + 1))) break;
        while (is_digit(sign_at(text, at))) at++;
        end = at + (sign_at(text, at) == ')');
    }
    return end;
}

/* Whether the word is one of those that stand before a family name. */
static bool is_particle(const uint8_t *at, int32_t size)
{
    static const char *const PARTICLES[] = {
        "de", "da", "di", "van", "von", "der", "den", "la", "el", "bin", "al", "y",
    };
    for (size_t i = 0; i < sizeof PARTICLES / sizeof *PARTICLES; i++)
        if (strlen(PARTICLES[i]) == (size_t)size && memcmp(PARTICLES[i], at, (size_t)size) == 0) return true;
    return false;
}

/* The end of further names of a person: _MORE_NAMES. */
static int32_t more_names(Text text, int32_t end)
{
    for (int name = 0; name < 4 && sign_at(text, end) == ' '; name++) {
        int32_t at = end + 1, until = letters_end(text, at);
        if (sign_at(text, until) == ' ' && is_particle(text.at + at, until - at)) at = until + 1;
        if (!is_upper(sign_at(text, at))) break;
        at = letters_end(text, at);
        uint8_t joint = sign_at(text, at);
        end = letters_end(text, at + (joint == '.' || joint == '\'' || joint == '-'));
    }
    return end;
}

/* The end of a person's name: of `Anna Last name: x` the next field's first word is none of it. */
static int32_t person_end(Text text, int32_t end)
{
    int32_t more = more_names(text, end), at = more;
    if (more == end) return end;
    if (sign_at(text, at) != '=') {
        if (sign_at(text, at) != ' ' || lowered(sign_at(text, at + 1)) != 'n' || text.size - at < 6
            || memcmp(text.at + at + 2, "ame", 3) != 0)
            return more;
        at += 5 + (text.at[at + 5] == ' ');
        if (sign_at(text, at) != ':' && sign_at(text, at) != '=') return more;
    }
    while (text.at[--more] != ' ') { }
    return more;
}

/* Whether a further field or a gap begins at `place`, and so ends an address. */
static bool ends_street(Text text, int32_t place)
{
    uint8_t sign = sign_at(text, place);
    bool is_comma = sign == ',';
    int32_t at = place + 1;
    if (!is_comma && !is_blank(sign)) return false;
    if (!is_comma && is_blank(sign_at(text, at))) return true;
    if (is_comma && !is_blank(sign_at(text, at++))) return false;
    int32_t first = at;
    for (;; at++) {
        sign = sign_at(text, at);
        if (!is_lower(sign) && sign != '_' && (is_comma || !is_upper(sign))) break;
    }
    return at > first && (sign == '=' || (is_comma && sign == ':'));
}

/* The end of an address on its line: _STREET. */
static int32_t street_end(Text text, int32_t end)
{
    for (int32_t at = end; at < text.size && at - end < 120 && is_in(text.at[at], IN_STREET);) {
        at++;
        bool is_last = at == text.size || (!is_in(text.at[at], IN_STREET) && text.at[at] != '=');
        if (is_last || ends_street(text, at)) return at;
    }
    return end;
}

/* The end of a month and a year behind a day. */
static int32_t date_end(Text text, int32_t end)
{
    int32_t at = end + 1, letters;
    if (sign_at(text, end) != ' ') return end;
    letters = letters_end(text, at) - at;
    at += letters;
    if (letters < 3 || letters > 9 || sign_at(text, at) != ' ') return end;
    for (int i = 1; i <= 4; i++)
        if (!is_digit(sign_at(text, at + i))) return end;
    return at + 5;
}

/* The end of a value that may have blanks inside: numbers, names, addresses. */
int32_t extended_end(Text text, int32_t end, Shape shape)
{
    switch (shape) {
    case SHAPE_PHONE: case SHAPE_CARD: case SHAPE_ACCOUNT: case SHAPE_OFFICIAL: return more_digits(text, end);
    case SHAPE_PERSON: return person_end(text, end);
    case SHAPE_ADDRESS: return street_end(text, end);
    case SHAPE_DATE: return date_end(text, end);
    default: return end;
    }
}

/* Where the scope of a cloud's key begins, or `end`. */
int32_t scope_of(Job *job, int32_t start, int32_t end)
{
    static const char tail[] = "4_request";
    const int32_t size = sizeof tail - 1;
    Match match;
    if (end - start < size || memcmp(job->text.at + end - size, tail, size) != 0) return end;
    for (int32_t place = start; place < end; place++) {
        bool may = job->text.at[place] == '/' || job->text.at[place] == '%';
        if (may && match_at(job, ENDS_SCOPE, place, end, &match) && match.end == end) return place;
    }
    return end;
}
