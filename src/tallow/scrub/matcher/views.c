/* Text as it reads once its escapes are undone; as `views.py`, for what stays ASCII. */
#include "book.h"

#define DEEPEST 5
#define MOST_LOCAL 64
#define WORD_AROUND 200
#define LONGEST (1 << 20)  /* longer texts are for Python: here each sign costs eight bytes more */

static const struct { const char *name; int32_t size; uint8_t sign; } NAMED[] = {
    {"amp;", 4, '&'}, {"quot;", 5, '"'}, {"apos;", 5, '\''}, {"lt;", 3, '<'}, {"gt;", 3, '>'},
};

static int hex(uint8_t sign)
{
    if (is_digit(sign)) return sign - '0';
    sign |= 32;
    return sign >= 'a' && sign <= 'f' ? sign - 'a' + 10 : -1;
}

/* Reads `&#64;` and `&#x40;`; the code is -1 where there is none. */
static int32_t numbered(Text text, int32_t place, int32_t *code)
{
    int32_t at = place + 2, base = 10, most = 7, least = 2, digits = 0;
    *code = -1;
    if ((sign_at(text, at) | 32) == 'x') { at++; base = 16; most = 6; }
    int64_t value = 0;
    while (digits < most && at < text.size && hex(text.at[at]) >= 0 && hex(text.at[at]) < base) {
        value = value * base + hex(text.at[at++]);
        digits++;
    }
    if (digits < least || sign_at(text, at) != ';') return 0;
    *code = (int32_t)value;
    return at + 1 - place;
}

/* The length of a colour's code at `place`, or 0. */
static int32_t colour(Text text, int32_t place)
{
    int32_t at = place + 2;
    if (sign_at(text, place + 1) != '[') return 0;
    for (; at < place + 42; at++)
        if (!is_digit(sign_at(text, at)) && sign_at(text, at) != ';' && sign_at(text, at) != ':') break;
    return is_alpha(sign_at(text, at)) ? at + 1 - place : 0;
}

static bool is_one_of(uint8_t sign, const char *signs) { return sign && strchr(signs, sign); }

/* The length of the quote at `place` when it is doubled around a value, or as a shell's word has it, or 0. */
static int32_t doubled(Text text, int32_t place)
{
    uint8_t quote = text.at[place], next = sign_at(text, place + 1), after = sign_at(text, place + 2);
    if (quote == '\'' && next == '\\') return after == '\'' && sign_at(text, place + 3) == '\'' ? 4 : 0;
    if (place == 0 || next != quote) return 0;
    uint8_t before = text.at[place - 1];
    bool is_last = place + 2 >= text.size;
    if (is_one_of(before, "=:,([{ ") && !is_last && !is_one_of(after, " \t\r\n,;:)]}\"'&<>=")) return 2;
    bool closes = !is_one_of(before, " \t\r\n=:,([{\"'\\") && (is_last || is_one_of(after, " \t\r\n,;:)]}&<>"));
    return closes ? 2 : 0;
}

/* The length of the escape at `place`, or 0, and the code of the character it stands for; -1: of none. */
static int32_t escape(Text text, int32_t place, int32_t *code)
{
    uint8_t sign = text.at[place], next = sign_at(text, place + 1);
    bool is_quote = sign == '"' || sign == '\'';
    *code = is_quote ? sign : -1;
    if (is_quote) return doubled(text, place);
    if (sign == 27) return colour(text, place);
    if (sign == '%') {
        int high = hex(next), low = hex(sign_at(text, place + 2));
        if (high < 0 || low < 0) return 0;
        *code = high * 16 + low;
        return 3;
    }
    if (sign == '\\') {
        static const char SIMPLE[] = "\"\\'/nrt", STANDS_FOR[] = "\"\\'/\n\r\t";
        const char *simple = next ? strchr(SIMPLE, next) : NULL;
        if (simple) { *code = (uint8_t)STANDS_FOR[simple - SIMPLE]; return 2; }
        if (next != 'u') return 0;
        *code = 0;
        for (int32_t i = 2; i < 6; i++) {
            int digit = hex(sign_at(text, place + i));
            if (digit < 0) return 0;
            *code = *code * 16 + digit;
        }
        return 6;
    }
    if (sign != '&') return 0;
    if (next == '#') return numbered(text, place, code);
    for (size_t i = 0; i < sizeof NAMED / sizeof *NAMED; i++)
        if (NAMED[i].size <= text.size - place - 1
            && !memcmp(text.at + place + 1, NAMED[i].name, (size_t)NAMED[i].size)) {
            *code = NAMED[i].sign;
            return NAMED[i].size + 1;
        }
    return 0;
}

static inline bool is_escape_sign(uint8_t sign)
{
    static const uint8_t ESCAPES[SIGNS] = {['%'] = 1, ['\\'] = 1, ['&'] = 1, ['"'] = 1, ['\''] = 1, [27] = 1};
    return ESCAPES[sign];
}

/* Undoes one layer in place: what is read is never behind what is written. */
static int undo(View *view)
{
    uint8_t *to = (uint8_t *)view->text.at;
    int32_t length = 0;
    bool has_changed = false;
    for (int32_t i = 0; i < view->text.size;) {
        int32_t code, size = is_escape_sign(view->text.at[i]) ? escape(view->text, i, &code) : 0;
        if (size && code >= ASCII) return COSTLY;
        int32_t from = view->from[i], until = view->until[size ? i + size - 1 : i];
        if (size == 0 || code >= 0) {
            to[length] = size ? (uint8_t)code : view->text.at[i];
            view->from[length] = from;
            view->until[length++] = until;
        }
        i += size ? size : 1;
        has_changed |= size > 0;
    }
    view->text.size = length;
    return has_changed ? FOUND : NONE;
}

/* Whether a plus in this word stands for a blank: there are percent escapes, and none of a blank. */
static bool is_form(Text text, int32_t start, int32_t end)
{
    bool has_escape = false;
    for (int32_t i = start; i + 2 < end; i++) {
        if (text.at[i] != '%') continue;
        uint8_t high = text.at[i + 1], low = text.at[i + 2];
        if (high == '2' && low == '0') return false;
        has_escape |= hex(high) >= 0 && hex(low) >= 0;
    }
    return has_escape;
}

static bool is_in_word(uint8_t sign) { return !is_one_of(sign, " \t\r\n\"'<>"); }

bool is_in_form(Text text, int32_t start, int32_t end)
{
    int32_t low = start > WORD_AROUND ? start - WORD_AROUND : 0;
    int32_t high = text.size - end > WORD_AROUND ? end + WORD_AROUND : text.size;
    while (start > low && is_in_word(text.at[start - 1])) start--;
    while (end < high && is_in_word(text.at[end])) end++;
    return is_form(text, start, end);
}

static bool is_of_name(uint8_t sign) { return is_alnum(sign) || is_one_of(sign, "._-"); }

/* Whether the plus at `place` of a word is that of `mail=ann+news%40...`, a part of the address. */
static bool is_tag(Text text, int32_t start, int32_t place)
{
    int32_t first = place, end = place + 1;
    while (first > start && place - first <= MOST_LOCAL && is_of_name(text.at[first - 1])) first--;
    while (end - place <= MOST_LOCAL && is_of_name(sign_at(text, end))) end++;
    if (first == place || place - first > MOST_LOCAL || end == place + 1) return false;
    return (first == start || is_one_of(text.at[first - 1], "=/:?&;"))
           && text.size - end >= 3 && memcmp(text.at + end, "%40", 3) == 0;
}

/* Puts blanks in the place of the pluses of words that forms have encoded. */
static void space(Text text, uint8_t *to)
{
    if (!memchr(text.at, '+', (size_t)text.size)) return;
    for (int32_t start = 0, end; start < text.size; start = end + 1) {
        bool has_plus = false;
        for (end = start; end < text.size && is_in_word(text.at[end]); end++)
            has_plus |= text.at[end] == '+';
        if (!has_plus || !is_form(text, start, end)) continue;
        for (int32_t i = start; i < end; i++)
            if (text.at[i] == '+' && !is_tag(text, start, i)) to[i] = ' ';
    }
}

void free_view(View *view) { free((void *)view->text.at); free(view->from); free(view->until); }

int32_t behind_escape(const View *view, Text original, int32_t place)
{
    int32_t low = 0, high = view->text.size;
    while (low < high) {
        int32_t middle = (low + high) / 2;
        if (view->from[middle] <= place) low = middle + 1; else high = middle;
    }
    if (low > 0 && place < view->until[low - 1]) {
        bool is_within = place > view->from[low - 1] && original.at[view->from[low - 1]] == '%';
        return is_within ? view->until[low - 1] : place;
    }
    return low < view->text.size ? -1 : place;
}

/* Whether any escape stands in `text`. */
static bool has_escape(Text text)
{
    int32_t code;
    for (int32_t i = 0; i < text.size; i++) {
        uint8_t sign = text.at[i];
        if (!is_escape_sign(sign)) continue;
        if ((sign == '"' || sign == '\'') && sign_at(text, i + 1) != sign && sign_at(text, i + 1) != '\\')
            continue;                     /* most quotes are neither doubled nor of a shell's word */
        if (escape(text, i, &code)) return true;
    }
    return false;
}

int undone(Text text, View *view)
{
    if (!has_escape(text)) return NONE;
    if (text.size > LONGEST) return COSTLY;
    size_t size = (size_t)text.size;
    uint8_t *copy = malloc(size);
    view->from = malloc(size * sizeof *view->from);
    view->until = malloc(size * sizeof *view->until);
    view->text = (Text){copy, text.size};
    int status = copy && view->from && view->until ? FOUND : COSTLY;
    if (status == FOUND) {
        memcpy(copy, text.at, size);
        space(text, copy);
        for (int32_t i = 0; i < text.size; i++) { view->from[i] = i; view->until[i] = i + 1; }
    }
    for (int32_t layer = 0; layer < DEEPEST && status == FOUND; layer++) status = undo(view);
    if (status != COSTLY) return FOUND;
    free_view(view);
    return COSTLY;
}
