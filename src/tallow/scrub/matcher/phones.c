/* The check of telephone numbers: `check_phone` of `phones.py`. */
#include "scan.h"

#define MOST_DIGITS 15
#define WIDEST_JOINT 3

/* A number without its extension: its digits, and how many of them its groups have. */
typedef struct {
    Text signs;
    int32_t count, groups, sizes[MOST_DIGITS];
    uint8_t digits[MOST_DIGITS];
} Number;

/* Whether the groups of a number continue those of another just before it. */
static bool goes_on(Text text, int32_t start, int32_t end)
{
    if (start < 2 || !is_digit(text.at[start - 2])) return false;
    if (start >= end || !memchr(text.at + start, text.at[start - 1], (size_t)(end - start))) return false;
    int32_t low = start > 40 ? start - 40 : 0, place = start - 1;
    while (place > low && is_digit(text.at[place - 1])) place--;
    return place == low || !is_alpha(text.at[place - 1]);
}

/* Whether what stands before a number lets it be one: no signs of a word, no price. */
static bool stands_before(Text text, int32_t start)
{
    uint8_t before = sign_at(text, start - 1);
    if (is_alnum(before) || (before && strchr("_.#$+", before))) return false;
    if (before == '/' && text.at[start] != '+') return false; /* in a path numbers count */
    if (before == ':' && text.at[start] != '+' && is_digit(sign_at(text, start - 2))) return false; /* seconds */
    return before != '-' || !is_alnum(sign_at(text, start - 2));
}

/* Whether what stands behind a number lets it be one. */
static bool stands_after(Text text, int32_t start, int32_t end)
{
    uint8_t after = sign_at(text, end), second = sign_at(text, end + 1);
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
    bool fits = match_at(&inner, PHONES_COUNTRY, place, number->count, &match);
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
    if (digits[0] == '0' && digits[1] == '0' && size > 1) return count >= 11 && has_country(job, number, 2);
    if (digits[0] == '0')
        return count >= 9 && count <= 12 && has_long_groups(number) && size <= 5 && !has_sizes(number, 54);
    Text opening = {signs.at, size + 2 < signs.size ? size + 2 : signs.size};
    if (signs.at[0] == '(' && has_sign(opening, ')'))
        return count >= 8 && count <= 12 && size >= 2 && size <= 5 && has_long_groups(number);
    return (has_sizes(number, 344) && digits[0] == '1' && is_from(digits[1], '3'))
           || (has_sizes(number, 254) && digits[2] == '9')
           || (has_sizes(number, 13322) && (digits[0] == '7' || digits[0] == '8'));
}

/* Whether a number is international, or as some country prints its own. */
static bool has_shape(Job *job, int32_t start, int32_t end, const Number *number)
{
    if (number->signs.at[0] == '+')
        return is_international(job, number)
               && !is_full_match(job, PHONES_GO_CLOCK, start > 4 ? start - 4 : 0, end);
    if (is_dated(number) || is_full_match_of(job, PHONES_CLOCK, number->signs)) return false;
    return is_national(job, number);
}

/* --- several side by side --------------------------------------------------------------------- */

/* Where what stands beside a number begins. */
static int32_t rest_of(Text text, int32_t stop)
{
    int32_t rest = stop;
    while (rest < stop + WIDEST_JOINT && (sign_at(text, rest) == ' ' || sign_at(text, rest) == '/')) rest++;
    return rest;
}

static bool opens_number(uint8_t sign) { return is_digit(sign) || sign == '(' || sign == '+'; }

/* Whether the signs from `rest` on are those of a number in [start, stop), other digits apart. */
static bool is_alike(Text text, int32_t start, int32_t stop, int32_t rest)
{
    int32_t size = stop - start;
    if (text.size < rest + size || is_digit(sign_at(text, rest + size))) return false;
    for (int32_t i = 0; i < size; i++) {
        uint8_t one = text.at[start + i], other = text.at[rest + i];
        if (one != other && !(is_digit(one) && is_digit(other))) return false;
    }
    return true;
}

/* Whether two blanks stand side by side in [start, end). */
static bool has_gap(Text text, int32_t start, int32_t end)
{
    for (int32_t place = start + 1; place < end; place++)
        if (text.at[place] == ' ' && text.at[place - 1] == ' ') return true;
    return false;
}

/* Whether what follows a number that ends at `stop` is another one, or nothing of it. */
static bool is_followed(Text text, int32_t start, int32_t stop, const Number *number)
{
    int32_t rest = rest_of(text, stop);
    uint8_t sign = sign_at(text, rest), first = text.at[start];
    if (!opens_number(sign)) return stands_after(text, start, stop);
    if (rest == stop) return false;
    if (sign == '+' || (first == '+' && (sign == '(' || sign == '0'))) return true;
    if (memchr(text.at + stop, '/', (size_t)(rest - stop)) && !memchr(text.at + start, '/', (size_t)(stop - start)))
        return true;
    if (has_gap(text, stop, rest) && !has_gap(text, start, stop)) return true;
    bool is_even = true;
    for (int32_t i = 1; i < number->groups; i++) is_even &= number->sizes[i] == number->sizes[0];
    if (is_even && is_digit(first)) return false; /* a column of numbers */
    return ((sign == '(' || sign == '0') && sign == first) || is_alike(text, start, stop, rest);
}

/* Whether [start, stop) is one number that needs no word to announce it. */
static bool is_one(Job *job, int32_t start, int32_t stop, Number *number)
{
    Text rest = {job->text.at + start + 1, stop - start - 1};
    if (has_sign(rest, '+') || (job->text.at[start] == '(' && !has_sign(rest, ')'))) return false;
    return read_number(job->text, start, stop, number) && has_shape(job, start, stop, number);
}

/* Where the first of several numbers ends, or -1: the last place that one or nothing follows. */
static int32_t first_end(Job *job, int32_t start)
{
    Text text = job->text;
    Number number;
    int32_t last = -1, best = -1;
    for (int32_t place = start, count = 0, joint = 0; place < text.size; place++) {
        if (!is_digit(text.at[place])) {
            joint += place > start;
            if (!text.at[place] || !strchr(" +()./-", text.at[place]) || joint > WIDEST_JOINT) break;
            continue;
        }
        joint = 0;
        if (++count > MOST_DIGITS) break;
        if (count < 7 || is_digit(sign_at(text, place + 1)) || !is_one(job, start, place + 1, &number)) continue;
        last = place + 1;
        if (is_followed(text, start, last, &number)) best = last;
    }
    return best < 0 && (text.at[start] == '+' || text.at[start] == '(') ? last : best;
}

/* Takes the first numbers of a run of them, up to what is none; says whether there was one. */
static bool take_side_by_side(Job *job, int32_t start)
{
    bool has_taken = false;
    while (opens_number(sign_at(job->text, start))) {
        int32_t stop = first_end(job, start);
        if (stop < 0) break;
        take(job, start, stop, OWN);
        has_taken = true;
        start = rest_of(job->text, stop);
    }
    return has_taken;
}

/* Whether a number that begins with a plus follows in [start, end): `+41 79 .../+41 44 ...`. */
static bool has_next_signed(Text text, int32_t start, int32_t end)
{
    for (int32_t place = start + 2; place + 1 < end; place++)
        if (text.at[place] == '+' && (is_digit(text.at[place + 1]) || text.at[place + 1] == '(')
            && (text.at[place - 1] == ' ' || text.at[place - 1] == '/')) return true;
    return false;
}

/* Takes international numbers, strict national shapes, and any number a word announces.
 *
 * Where several stand side by side, each is taken that is international or of such a shape.
 */
void check_phone(Job *job, const Options *options, int32_t start, int32_t end)
{
    Text text = job->text;
    Number number;
    (void)options;
    for (;; start++) {
        bool is_signed = sign_at(text, start) == '+';
        if (start && (is_alnum(text.at[start - 1]) || (!is_signed && goes_on(text, start, end)))) return;
        int32_t stop = extension(text, start, end), count = 0;
        if (has_next_signed(text, start, stop)) {
            if (stands_before(text, start)) take_side_by_side(job, start);
            return;
        }
        for (int32_t i = start; i < stop; i++) {
            if (text.at[i] == '+' && i + 1 < stop && text.at[i + 1] == ' ') return; /* a sum */
            if (text.at[i] == '+' && i > start && text.at[i - 1] == ' ') return;
            count += is_digit(text.at[i]);
        }
        Text signs = {text.at + start, stop - start};
        if (!is_signed && has_sign(signs, '+') && is_in_form(text, start, end)) return;
        if (!stands_before(text, start)) return;
        if ((count >= MOST_DIGITS || is_digit(sign_at(text, end))) && take_side_by_side(job, start)) return;
        if (!stands_after(text, start, end) || !read_number(text, start, end, &number)) return;
        if (number.signs.at[0] != '(' || has_sign(number.signs, ')')) break;
    }
    bool fits = has_shape(job, start, end, &number);
    if (!fits && number.signs.at[0] != '+' && number.count <= 13 && !is_dated(&number)
        && !is_full_match_of(job, PHONES_CLOCK, number.signs))
        fits = is_announced(job, start, end);
    if (fits) take(job, start, end, OWN);
}
