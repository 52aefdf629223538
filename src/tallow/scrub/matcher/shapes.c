/* Whether a value looks the part its field's name promises: `fields.suits` and its shapes.
 *
 * The patterns of `fields.py` are written out by hand here: they are asked at every telling name.
 */
#include "values.h"

enum { LONG_WORD = 24 };

static bool is_word_sign(uint8_t c) { return is_alnum(c) || c == '_'; }

/* How many of the signs are digits. */
static int32_t digits_of(Text value)
{
    int32_t count = 0;
    for (int32_t i = 0; i < value.size; i++) count += is_digit(value.at[i]);
    return count;
}

static bool has_digit(Text value)
{
    for (int32_t i = 0; i < value.size; i++)
        if (is_digit(value.at[i])) return true;
    return false;
}

/* As `value.isdecimal()`: of an empty one it is not true. */
static bool is_decimal(Text value)
{
    for (int32_t i = 0; i < value.size; i++)
        if (!is_digit(value.at[i])) return false;
    return value.size > 0;
}

static bool has_sign(Text value, uint8_t sign)
{
    return value.size > 0 && memchr(value.at, sign, (size_t)value.size) != NULL;
}

static Text part(Text value, int32_t start, int32_t end)
{
    return (Text){value.at + start, end > start ? end - start : 0};
}

/* How many signs from `place` on are letters, digits or "_", the first no digit. */
static int32_t name_at(Text value, int32_t place)
{
    int32_t at = place;
    if (is_digit(sign_at(value, at))) return 0;
    while (at < value.size && is_word_sign(value.at[at])) at++;
    return at - place;
}

/* How many signs of a joint such as "." or "->" stand at `place`. */
static int32_t joint_at(Text value, int32_t place)
{
    uint8_t sign = sign_at(value, place), next = sign_at(value, place + 1);
    if (sign == '.') return 1;
    return (sign == ':' && next == ':') || (sign == '-' && next == '>') ? 2 : 0;
}

/* Whether it is names with joints, `user.password`, or a call: _CODE. */
static bool is_code(Text value)
{
    int32_t at = name_at(value, 0), joint;
    while (at > 0 && at < value.size && (joint = joint_at(value, at)) > 0) {
        int32_t size = name_at(value, at + joint);
        if (size == 0) break;
        at += joint + size;
        if (at == value.size) return true;
    }
    at = 0;
    while (at < value.size && (is_alpha(value.at[at]) || value.at[at] == '_' || value.at[at] == '.'))
        at++;
    if (at == 0 || at == value.size || (value.at[at] != '[' && value.at[at] != '(')) return false;
    return !has_sign(part(value, at, value.size), '\n');
}

/* Whether it is words of letters of one case with single joints: both halves of _PLAIN_WORD. */
static bool is_joined(Text value, uint8_t first, uint8_t joint, uint8_t other)
{
    bool was_letter = false;
    for (int32_t i = 0; i < value.size; i++) {
        uint8_t sign = value.at[i];
        if ((uint8_t)(sign - first) < 26) was_letter = true;
        else if (was_letter && (sign == joint || sign == other)) was_letter = false;
        else return false;
    }
    return was_letter;
}

/* Whether it is a word such as `enabled`, `Enabled`, `not_set` or `NOT_SET`: _PLAIN_WORD. */
static bool is_plain_word(Text value)
{
    if (!is_upper(sign_at(value, 0))) return is_joined(value, 'a', '_', '-');
    if (is_joined(value, 'A', '_', '_')) return true;
    return value.size > 1 && is_joined(part(value, 1, value.size), 'a', 'a', 'a');
}

/* Whether all signs are letters, "_", or `other`. */
static bool is_letters_or(Text value, uint8_t other, uint8_t another)
{
    for (int32_t i = 0; i < value.size; i++) {
        uint8_t sign = value.at[i];
        if (!is_alpha(sign) && sign != '_' && sign != other && sign != another) return false;
    }
    return true;
}

/* Whether it is a marker such as `[email]` or `[email:0f2a]`. */
static bool is_bracketed(Text value)
{
    int32_t end = value.size - 1;
    if (value.size < 3 || value.at[end] != ']' || !is_alpha(value.at[1])) return false;
    if (end >= 7 && value.at[end - 5] == ':') {
        for (int32_t i = end - 4; i < end; i++)
            if (!is_digit(value.at[i]) && (uint8_t)(value.at[i] - 'a') >= 6) return false;
        end -= 5;
    }
    return is_letters_or(part(value, 1, end), ' ', '-');
}

/* Whether it is two words or more in small letters, in brackets: `(not set)`. */
static bool is_remark(Text value)
{
    int32_t words = 0, at = 1;
    for (; at < value.size; at++) {
        int32_t first = at;
        while (at < value.size && is_lower(value.at[at])) at++;
        if (at == first || at == value.size) return false;
        words++;
        if (value.at[at] != ' ') break;
    }
    return words > 1 && at == value.size - 1 && value.at[at] == ')';
}

/* Whether it is `${...`, `$(...`, or a variable such as `$HOME`. */
static bool is_variable(Text value)
{
    uint8_t next = sign_at(value, 1), closing = next == '{' ? '}' : ')';
    if (next == '{' || next == '(') {
        int32_t end = value.size - (value.size > 2 && value.at[value.size - 1] == closing);
        return !has_sign(part(value, 2, end), closing);
    }
    for (int32_t i = 1; i < value.size; i++)
        if (!is_word_sign(value.at[i])) return false;
    return value.size > 1;
}

/* Whether it is a place in a template: `{{name}}`, `{0}`, `{name`. */
static bool is_template(Text value)
{
    int32_t start = 1, end = value.size - 1;
    if (end >= 1 && value.at[end] == '}') {
        if (start < end && value.at[start] == '{') start++;
        if (start < end && value.at[end - 1] == '}') end--;
        Text inner = part(value, start, end);
        return !has_sign(inner, '{') && !has_sign(inner, '}');
    }
    while (start < value.size && value.at[start] == '{') start++;
    return is_letters_or(part(value, start, value.size), '.', '.');
}

/* Whether it is a place of a format or a shell: `%s`, `%(name)s`, `%NAME%`. */
static bool is_format(Text value)
{
    int32_t start = 1, end = value.size - 1;
    if (end < 1) return false;
    uint8_t last = value.at[end];
    if (last != '%' && last != 's' && last != 'd' && last != 'r') return false;
    if (last == '%' && end < 2) return false;
    if (last != '%' && start < end && value.at[start] == '(') start++;
    if (last != '%' && start < end && value.at[end - 1] == ')') end--;
    for (int32_t i = start; i < end; i++) {
        uint8_t sign = value.at[i];
        if (sign != '_' && !(last == '%' ? is_upper(sign) : is_lower(sign))) return false;
    }
    return true;
}

/* Whether it is nothing but signs that hide: `****`, `xxxx`, `...`. */
static bool is_struck_out(Text value)
{
    for (int32_t i = 0; i < value.size; i++) {
        switch (value.at[i]) {
        case '*': case 'x': case 'X': case '.': case '#': case '_': case '?': case '~': case '-': break;
        default: return false;
        }
    }
    return value.size > 0;
}

/* Whether it stands for a secret instead of being one: _HIDDEN, told apart by its first sign. */
static bool is_hidden(Text value)
{
    switch (sign_at(value, 0)) {
    case '<': {
        Text inner = part(value, 1, value.size - 1);
        return value.size > 1 && value.at[value.size - 1] == '>' && !has_sign(inner, '<')
               && !has_sign(inner, '>');
    }
    case '[': return is_bracketed(value);
    case '(': return is_remark(value);
    case '{': return is_template(value);
    case '%': return is_format(value);
    case '$': return is_variable(value);
    case ':': return sign_at(value, 1) != '{' && sign_at(value, 1) != '(' && is_variable(value);
    default: return is_struck_out(value);
    }
}

bool is_placeholder(Job *job, int32_t start, int32_t end)
{
    return is_hidden(part(job->text, start, end));
}

/* Without the white space around it. */
static Text stripped(Text value)
{
    int32_t start = 0, end = value.size;
    while (start < end && is_space(value.at[start])) start++;
    while (end > start && is_space(value.at[end - 1])) end--;
    return part(value, start, end);
}

/* Whether it has "://" in it. */
static bool has_scheme(Text value)
{
    const uint8_t *at = value.at, *end = value.at + value.size;
    while (at < end && (at = memchr(at, ':', (size_t)(end - at))) != NULL) {
        if (end - at > 2 && at[1] == '/' && at[2] == '/') return true;
        at++;
    }
    return false;
}

static bool has_opening(Text value)
{
    return value.at[0] == '{' || value.at[0] == '[' || value.at[0] == '(';
}

/* Whether a name alone, a path in code, a call tell that it is no secret: the shape "any". */
static bool is_any(Text value) { return has_digit(value) || !is_code(value); }

/* Whether it looks random: digits among letters, both cases, or long. */
static bool is_mixed(Text value)
{
    if (value.size < 6 || value.at[0] == '/' || has_opening(value) || has_scheme(value)
        || has_sign(stripped(value), ' '))
        return false;
    if (has_digit(value)) return true;
    if (!is_plain_word(value) && !is_code(value)) return value.size >= 8;
    return value.size >= LONG_WORD && !has_sign(value, '_') && !has_sign(value, '-')
           && !has_sign(value, '.');
}

/* Whether it can be a user's name: _USER, and not without a letter. */
static bool is_user(Text value)
{
    bool has_letter = false;
    if (value.size == 0 || !is_alnum(value.at[0])) return false;
    int32_t end = value.size - (value.at[value.size - 1] == '$');
    if (end < 2 || end > 64) return false;
    for (int32_t i = 0; i < end; i++) {
        switch (value.at[i]) {
        case '.': case '@': case '\\': case '+': case '-': break;
        default: if (!is_word_sign(value.at[i])) return false;
        }
        has_letter |= is_alpha(value.at[i]);
    }
    return has_letter;
}

/* Whether it can be a person's name: _PERSON, and no code. */
static bool is_person(Text value)
{
    if (value.size < 2 || value.size > 81 || !is_alpha(value.at[0])) return false;
    for (int32_t i = 1; i < value.size; i++) {
        switch (value.at[i]) {
        case '<': case '>': case '@': case '=': case '/': case '\\': return false;
        default: if (is_digit(value.at[i])) return false;
        }
    }
    return !is_code(value);
}

/* Whether a word and a blank stand on one line, and there is a digit: _STREET. */
static bool is_address(Text value)
{
    bool has_word = false, has_gap = false;
    int32_t letters = 0;
    if (!has_digit(value)) return false;
    for (int32_t i = 0; i < value.size && !(has_word && has_gap); i++) {
        uint8_t sign = value.at[i];
        letters = is_alpha(sign) ? letters + 1 : 0;
        if (sign == '\r' || sign == '\n') has_word = has_gap = false;
        if (letters == 3) has_word = true;
        if (sign == ' ' || sign == '+') has_gap = true;
    }
    return has_word && has_gap;
}

/* How many digits, or letters, stand at `place`, `most` at most. */
static int32_t run_of(Text value, int32_t place, int32_t most, bool of_digits)
{
    int32_t at = place;
    while (at < value.size && at - place < most
           && (of_digits ? is_digit(value.at[at]) : is_alpha(value.at[at])))
        at++;
    return at - place;
}

static bool is_date_joint(uint8_t sign)
{
    return sign == ' ' || sign == '.' || sign == '/' || sign == '-';
}

/* Whether it is a day, with a time behind it or not: _DATE. */
static bool is_date(Text value)
{
    if (value.size == 8 && is_decimal(value)) return true;
    int32_t at = run_of(value, 0, 4, true);
    if (at == 0 || !is_date_joint(sign_at(value, at++))) return false;
    int32_t size = run_of(value, at, 2, true);
    if (size == 0 && (size = run_of(value, at, 9, false)) < 3) return false;
    at += size;
    if (!is_date_joint(sign_at(value, at++))) return false;
    size = run_of(value, at, 4, true);
    at += size;
    return size >= 2 && value.size - at <= 16 && !has_sign(part(value, at, value.size), '\n');
}

/* Whether it has as many digits as it should, and not much else. */
static bool has_digits(Text value, int32_t least, int32_t most)
{
    if (value.size > most * 2 + 8) return false;
    int32_t digits = digits_of(value);
    return digits >= least && digits <= most;
}

/* Whether it is short, has a digit, and nothing in lower case. */
static bool is_official(Text value)
{
    if (value.size < 5 || value.size > 28 || !has_digit(value)) return false;
    for (int32_t i = 0; i < value.size; i++)
        if (is_lower(value.at[i])) return false;
    return true;
}

/* Behind the first space, or all of it. */
static Text behind_space(Text value)
{
    const uint8_t *space = memchr(value.at, ' ', (size_t)value.size);
    return space == NULL ? value : part(value, (int32_t)(space - value.at) + 1, value.size);
}

/* Asks the shape; the value is not empty. */
static bool has_shape(Shape shape, Text value)
{
    switch (shape) {
    case SHAPE_ANY: return is_any(value);
    case SHAPE_MIXED: return is_mixed(value);
    case SHAPE_AUTH: return is_mixed(behind_space(value));
    case SHAPE_COOKIE: return has_sign(value, '=') || is_mixed(value);
    case SHAPE_USER: return is_user(value);
    case SHAPE_USER_ID: return value.size <= 128 && !has_opening(value) && !has_sign(value, ' ');
    case SHAPE_PERSON: return is_person(value);
    case SHAPE_ADDRESS: return is_address(value);
    case SHAPE_DATE: return is_date(value);
    case SHAPE_CODE: return value.size >= 3 && value.size <= 10 && is_decimal(value);
    case SHAPE_PHONE: return has_digits(value, 6, 15);
    case SHAPE_CARD: return has_digits(value, 12, 19);
    case SHAPE_ACCOUNT: return has_digits(value, 5, 34);
    case SHAPE_OFFICIAL: return is_official(value);
    case SHAPE_PWD:
        return value.at[0] != '/' && value.at[0] != '~' && sign_at(value, 1) != ':'
               && is_any(value);
    case SHAPE_LONG: return value.size >= 16 && is_mixed(value);
    case SHAPE_UID: return is_user(value) || (value.size >= 6 && is_decimal(value));
    default: return false;
    }
}

/* Whether nothing stands in the brackets, or what tells nothing: `(null)`. */
static bool is_empty_or_safe(const Names *names, Text value)
{
    int32_t start = 0, end = value.size;
    while (start < end && memchr("()[]{}", value.at[start], 6)) start++;
    while (end > start && memchr("()[]{}", value.at[end - 1], 6)) end--;
    if (start == end) return true;
    return value.size < LONGEST_SAFE && is_safe_value(names, value.at + start, end - start);
}

bool suits(Job *job, Shape shape, int32_t start, int32_t end)
{
    Text value = part(job->text, start, end);
    if (value.size == 0 || is_hidden(value)) return false;
    if (is_safe_value(names_of(job->book), value.at, value.size)) return false;
    if (has_opening(value) && is_empty_or_safe(names_of(job->book), value)) return false;
    return has_shape(shape, value);
}
