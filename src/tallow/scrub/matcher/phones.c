/* The check of telephone numbers: `check_phone` of `addresses.py`. */
#include "scan.h"

#define ANNOUNCED 32 /* signs before a number that may announce it */
#define NEAR 12      /* signs between a verb and its number */
#define MOST_DIGITS 15

/* A number without its extension: its digits, and how many of them its groups have. */
typedef struct {
    Text signs;
    int32_t count, groups, sizes[MOST_DIGITS];
    uint8_t digits[MOST_DIGITS];
} Number;

/* Words that announce a number, by their last letter: those of `_PHONE_WORD`.
 *
 * A blank before one: it begins a word; an exclamation mark: it is a verb as well. The others may
 * end longer words. `telefon` is not among them: it may go on.
 */
static const char *const WORDS_BEFORE[26][8] = {
    ['a' - 'a'] = {" 2fa"},
    ['b' - 'a'] = {" mob"},
    ['d' - 'a'] = {"!called", "!dialed", "!dialled", "!texted", "!reached"},
    ['e' - 'a'] = {"phone", "mobile", "hotline", " portable", " landline"},
    ['f' - 'a'] = {" tlf"},
    ['g' - 'a'] = {"!calling", "!ring"},
    ['h' - 'a'] = {"!reach", " ph"},
    ['k' - 'a'] = {" callback"},
    ['l' - 'a'] = {"mobil", " tel", " movil", " cell", "!call", "!dial", "!signal"},
    ['m' - 'a'] = {" gsm"},
    ['n' - 'a'] = {"msisdn", "puhelin"},
    ['o' - 'a'] = {" telfono", " numero"},
    ['p' - 'a'] = {"whatsapp", " otp", " hotp", " totp"},
    ['r' - 'a'] = {"celular", "rufnummer", " viber", " caller"},
    ['s' - 'a'] = {" sms"},
    ['t' - 'a'] = {"!contact", " kontakt"},
    ['x' - 'a'] = {"fax"},
    ['y' - 'a'] = {"handy"},
};

/* Whether `at` holds `size` signs that are the lower-case `word`, in any case. */
static bool is_word(const uint8_t *at, int32_t size, const char *word)
{
    int32_t i = 0;
    while (i < size && lowered(at[i]) == (uint8_t)word[i]) i++;
    return i == size;
}

/* Whether a word begins at `place`: `tel` of `workTel`, not of `hotel`. */
static bool begins_word(Text text, int32_t place)
{
    uint8_t before = sign_at(text, place - 1);
    return !is_alpha(before) || (is_lower(before) && is_upper(text.at[place]));
}

/* From where on words speak of the number at `start`: `_said_from`. */
static int32_t said_from(Job *job, int32_t start)
{
    Match match;
    int32_t low = start > ANNOUNCED ? start - ANNOUNCED : 0;
    if (search(job, ADDRESSES_LAST_WORD, low, start, &match)
        && has_lowered(word_set(job->book, ADDRESSES_COUNTED), job->text.at + match.groups[0],
                       match.groups[1] - match.groups[0]))
        return start;
    low = start > 2 * ANNOUNCED ? start - 2 * ANNOUNCED : 0;
    while (search(job, ADDRESSES_MARKED, low, start, &match)) low = match.end;
    return search(job, ADDRESSES_NEXT_FIELD, low, start, &match) ? match.start : low;
}

/* Whether one of the words ends at `end`, no sign of it before `low`, and announces the number. */
static bool has_word_before(Job *job, int32_t low, int32_t end, int32_t start, int32_t *from)
{
    Text text = job->text;
    Match match;
    uint8_t last = lowered(text.at[end - 1]);
    if (!is_lower(last)) return false;
    const char *const *words = WORDS_BEFORE[last - 'a'];
    for (int i = 0; i < 8 && words[i]; i++) {
        char kind = words[i][0];
        const char *word = words[i] + (kind == ' ' || kind == '!');
        int32_t size = (int32_t)strlen(word), first = end - size;
        if (first < low || !is_word(text.at + first, size, word)) continue;
        if (word != words[i] && !begins_word(text, first)) continue;
        if (*from < 0) *from = said_from(job, start);
        if (first < *from) continue;
        if (kind != '!' || start - end <= NEAR || search(job, ADDRESSES_LINK, end, start, &match))
            return true;
    }
    return false;
}

/* Whether `telefon` is among the signs of [low, high), and announces the number. */
static bool has_telefon(Job *job, int32_t low, int32_t high, int32_t start, int32_t *from)
{
    for (; low + 7 <= high; low++) {
        if (!is_word(job->text.at + low, 7, "telefon")) continue;
        if (*from < 0) *from = said_from(job, start);
        return low >= *from;
    }
    return false;
}

/* Whether a word announces the number that begins at `start`: the words before it.
 *
 * A word ends where no letter or digit follows, and no id: `phone_id`.
 */
static bool is_announced_before(Job *job, int32_t start)
{
    Text text = job->text;
    int32_t low = start > ANNOUNCED ? start - ANNOUNCED : 0, first = low, from = -1;
    for (int32_t end = low; end <= start; end++) {
        uint8_t next = end < start ? text.at[end] : 0;
        if (end < start && is_alnum(next)) continue;
        bool is_id = (next == ' ' || next == '_' || next == '-') && end + 3 <= start
                     && is_word(text.at + end + 1, 2, "id");
        if (end > low && !is_id
            && (has_word_before(job, low, end, start, &from)
                || has_telefon(job, first, end, start, &from)))
            return true;
        if (next != '_') first = end + 1;
    }
    return false;
}

/* Whether words around announce a number. */
static bool is_announced(Job *job, int32_t start, int32_t end)
{
    Text text = job->text;
    Match match;
    if (is_announced_before(job, start)) return true;
    int32_t place = end;
    while (place < end + 3 && place < text.size && !is_alnum(text.at[place]) && text.at[place] != '\n')
        place++;
    return is_alpha(sign_at(text, place))
           && match_at(job, ADDRESSES_PHONE_WORD_AFTER, end, text.size, &match);
}

/* Whether the groups of a number continue those of another just before it. */
static bool goes_on(Text text, int32_t start, int32_t end)
{
    if (start < 2 || !is_digit(text.at[start - 2])) return false;
    if (start >= end || !memchr(text.at + start, text.at[start - 1], (size_t)(end - start))) return false;
    int32_t low = start > 40 ? start - 40 : 0, place = start - 1;
    while (place > low && is_digit(text.at[place - 1])) place--;
    return place == low || !is_alpha(text.at[place - 1]);
}

/* Whether what stands next to a number lets it be one: no more signs of a word, no price. */
static bool stands_alone(Text text, int32_t start, int32_t end)
{
    uint8_t before = sign_at(text, start - 1), after = sign_at(text, end);
    uint8_t second = sign_at(text, end + 1);
    if (is_alnum(before) || (before && strchr("_.#$+", before))) return false;
    if (before == '/' && text.at[start] != '+') return false; /* in a path numbers count */
    if (before == '-' && is_alnum(sign_at(text, start - 2))) return false;
    if (is_alnum(after) || after == '_' || after == '%') return false;
    if (after == ',') return text.at[start] == '+' || !is_digit(second);
    bool joins = after == '-' || after == '.' || after == ':' || (after == '/' && text.at[start] != '+');
    return !(joins && is_alnum(second));
}

/* Where a number's extension begins: ` ext 5`, `x5`, `#5`; `end` when it has none. */
static int32_t extension(Text text, int32_t start, int32_t end)
{
    for (int32_t place = start; place < end; place++) {
        uint8_t c = text.at[place];
        if (c == 'x' || c == '#' || (c == 'e' && end - place > 2 && memcmp(text.at + place, "ext", 3) == 0))
            return place > start && text.at[place - 1] == ' ' ? place - 1 : place;
    }
    return end;
}

/* Reads a number of 7 to 15 digits that is no sum; false: it is none. */
static bool read_number(Text text, int32_t start, int32_t end, Number *number)
{
    end = extension(text, start, end);
    number->signs = (Text){text.at + start, end - start};
    number->count = number->groups = 0;
    for (int32_t place = start; place < end; place++) {
        uint8_t c = text.at[place], next = place + 1 < end ? text.at[place + 1] : 0;
        if ((c == '+' && next == ' ') || (c == ' ' && next == '+')) return false;
        if (!is_digit(c)) continue;
        if (number->count == MOST_DIGITS) return false;
        if (place == start || !is_digit(text.at[place - 1])) number->sizes[number->groups++] = 0;
        number->sizes[number->groups - 1]++;
        number->digits[number->count++] = c;
    }
    return number->count >= 7;
}

static bool has_sign(Text signs, char sign)
{
    return signs.size > 0 && memchr(signs.at, sign, (size_t)signs.size) != NULL;
}

/* Whether the digits from `place` on begin with the code of a country. */
static bool has_country(Job *job, const Number *number, int32_t place)
{
    Job inner = *job;
    Match match;
    inner.text = (Text){number->digits, number->count};
    bool fits = match_at(&inner, ADDRESSES_COUNTRY, place, number->count, &match);
    job->steps = inner.steps;
    job->has_failed |= inner.has_failed;
    return fits;
}

static bool is_international(Job *job, const Number *number)
{
    if (number->digits[0] == '1' || number->digits[0] == '7') return number->count == 11;
    return number->count >= 9 && has_country(job, number, 0);
}

/* Whether two digits begin the years of this century or the last. */
static bool is_century(const uint8_t *digits)
{
    return (digits[0] == '1' && digits[1] == '9') || (digits[0] == '2' && digits[1] == '0');
}

static int32_t two_digits(const uint8_t *digits) { return (digits[0] - '0') * 10 + digits[1] - '0'; }

/* Whether the groups begin like a date: 2026-11-23 ..., 23.11.2026 ... */
static bool is_dated(const Number *number)
{
    const int32_t *sizes = number->sizes;
    const uint8_t *digits = number->digits;
    if (number->groups < 3) return false;
    if (sizes[0] == 4 && sizes[1] == 2 && sizes[2] == 2)
        return is_century(digits) && two_digits(digits + 4) <= 12 && two_digits(digits + 6) <= 31;
    return sizes[0] == 2 && sizes[1] == 2 && sizes[2] == 4 && is_century(digits + 4);
}

/* Whether the groups have these sizes: 334 is three digits, three and four. */
static bool has_sizes(const Number *number, int32_t sizes)
{
    for (int32_t i = number->groups; i-- > 0; sizes /= 10)
        if (number->sizes[i] != sizes % 10) return false;
    return sizes == 0;
}

static bool is_from(uint8_t digit, char least) { return digit >= (uint8_t)least; }

/* Whether no group has less than two digits. */
static bool has_long_groups(const Number *number)
{
    for (int32_t i = 0; i < number->groups; i++)
        if (number->sizes[i] < 2) return false;
    return true;
}

/* Whether the groups are those some country prints. */
static bool is_national(Job *job, const Number *number)
{
    const uint8_t *digits = number->digits;
    int32_t count = number->count, size = number->sizes[0];
    Text signs = number->signs;
    if (number->groups == 1) return false;
    bool is_long = has_sizes(number, 1334);
    if (is_long || has_sizes(number, 334)) {
        bool is_valid = is_from(digits[count - 10], '2') && is_from(digits[count - 7], '2');
        if (is_long && digits[0] == '1') return is_valid;
        if (is_valid && !is_long && (has_sign(signs, '-') || has_sign(signs, '.') || has_sign(signs, '(')))
            return true;
    }
    if (digits[0] == '0' && digits[1] == '0') return count >= 11 && has_country(job, number, 2);
    if (digits[0] == '0')
        return count >= 9 && count <= 12 && has_long_groups(number) && size <= 5 && !has_sizes(number, 54);
    Text opening = {signs.at, size + 2 < signs.size ? size + 2 : signs.size};
    if (signs.at[0] == '(' && has_sign(opening, ')'))
        return count >= 8 && count <= 12 && size >= 2 && size <= 5 && has_long_groups(number);
    return (has_sizes(number, 344) && digits[0] == '1' && is_from(digits[1], '3'))
           || (has_sizes(number, 254) && digits[2] == '9')
           || (has_sizes(number, 13322) && (digits[0] == '7' || digits[0] == '8'));
}

/* Takes international numbers, strict national shapes, and any number a word announces. */
void check_phone(Job *job, const Options *options, int32_t start, int32_t end)
{
    Text text = job->text;
    Number number;
    bool fits;
    for (;; start++) {
        bool has_plus = sign_at(text, start) == '+';
        if (start && (is_alnum(text.at[start - 1]) || (!has_plus && goes_on(text, start, end)))) return;
        if (!stands_alone(text, start, end) || !read_number(text, start, end, &number)) return;
        if (number.signs.at[0] != '(' || has_sign(number.signs, ')')) break;
    }
    (void)options;
    bool is_signed = number.signs.at[0] == '+';
    if (!is_signed && has_sign(number.signs, '+') && is_in_form(text, start, end)) return;
    if (is_signed)
        fits = is_international(job, &number)
               && !is_full_match(job, ADDRESSES_GO_CLOCK, start > 4 ? start - 4 : 0, end);
    else if (is_dated(&number) || is_full_match_of(job, ADDRESSES_CLOCK, number.signs)) fits = false;
    else fits = is_national(job, &number) || (number.count <= 13 && is_announced(job, start, end));
    if (fits) take(job, start, end, OWN);
}
