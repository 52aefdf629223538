/* Text as it reads once its escapes are undone; as `views.py`, for what stays ASCII. */
#include "book.h"

#define DEEPEST 5
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

/* Whether the doubled quotes at `place` are those of a table's cell around a value. */
static bool is_doubled(Text text, int32_t place)
{
    if (place == 0 || sign_at(text, place + 1) != '"') return false;
    uint8_t before = text.at[place - 1], after = sign_at(text, place + 2);
    bool is_last = place + 2 >= text.size;
    if (is_one_of(before, "=:,([{ ") && !is_last && !is_one_of(after, " \t\r\n,;:)]}\"&<>=")) return true;
    return !is_one_of(before, " \t\r\n=:,([{\"\\") && (is_last || is_one_of(after, " \t\r\n,;:)]}&<>"));
}

/* The length of the escape at `place`, or 0, and the code of the character it stands for; -1: of none. */
static int32_t escape(Text text, int32_t place, int32_t *code)
{
    uint8_t sign = text.at[place], next = sign_at(text, place + 1);
    *code = sign == '"' ? '"' : -1;
    if (sign == '"') return is_doubled(text, place) ? 2 : 0;
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
    static const uint8_t ESCAPES[SIGNS] = {['%'] = 1, ['\\'] = 1, ['&'] = 1, ['"'] = 1, [27] = 1};
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

void free_view(View *view) { free((void *)view->text.at); free(view->from); free(view->until); }

/* Whether any escape stands in `text`. */
static bool has_escape(Text text)
{
    int32_t code;
    for (int32_t i = 0; i < text.size; i++)
        if (is_escape_sign(text.at[i]) && escape(text, i, &code)) return true;
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
        for (int32_t i = 0; i < text.size; i++) { view->from[i] = i; view->until[i] = i + 1; }
    }
    for (int32_t layer = 0; layer < DEEPEST && status == FOUND; layer++) status = undo(view);
    if (status != COSTLY) return FOUND;
    free_view(view);
    return COSTLY;
}
