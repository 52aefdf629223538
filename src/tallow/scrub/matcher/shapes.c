/* Whether a value looks the part its field's name promises: `fields.suits` and its shapes.
 *
 * The patterns of `fields.py` are written out by hand here: they are asked at every telling name.
 */
#include "values.h"

enum { LONG_WORD = 24, LONG_PART = 21, LEAST_ENCODED = 20 };

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
static bool is_code_shaped(Text value)
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

bool is_drawn(Text letters)
{
    int32_t capitals = 0, wordy = 0;
    for (int32_t i = 0; i < letters.size; i++) capitals += is_upper(letters.at[i]);
    if (capitals == 0 || capitals == letters.size) return false;
    for (int32_t i = 0, end; i < letters.size; i = end) {
        int32_t first = i + is_upper(letters.at[i]);
        for (end = first; end < letters.size && is_lower(letters.at[end]);) end++;
        if (end - first >= (first > i ? 3 : 5)) wordy += end - i;
    }
    return wordy * 2 < letters.size;
}

/* Whether it is code, and no part of it looks drawn. */
static bool is_code(Text value)
{
    if (!is_code_shaped(value)) return false;
    for (int32_t i = 0, end; i < value.size; i = end + 1) {
        for (end = i; end < value.size && is_alpha(value.at[end]);) end++;
        if (end - i >= LONG_PART && is_drawn(part(value, i, end))) return false;
    }
    return true;
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

/* Whether a part of a path, such as "Users", "v1", "42", stands between slashes: _PATH_PART. */
static bool has_path_part(Text value)
{
    for (int32_t i = 0, end; i < value.size; i = end) {
        for (end = i + 1; end < value.size && value.at[end] != '/';) end++;
        if (value.at[i] != '/') continue;
        int32_t at = i + 1, first, letters;
        at += is_upper(sign_at(value, at));
        for (first = at; at < end && is_lower(value.at[at]);) at++;
        letters = at - first;
        for (first = at; at < end && is_digit(value.at[at]);) at++;
        if (at < end) continue;
        if (letters >= 3 && at - first <= 2) return true;
        bool is_version = letters == 1 && first == i + 2 && value.at[i + 1] == 'v';
        if ((is_version && at > first) || (first == i + 1 && at - first >= 2)) return true;
    }
    return false;
}

bool is_encoded(Text value)
{
    bool has_small = false, has_capital = false;
    int32_t size = value.size;
    while (size > 0 && value.size - size < 2 && value.at[size - 1] == '=') size--;
    if (size < LEAST_ENCODED || !has_digit(value)) return false;
    for (int32_t i = 0; i < size; i++) {
        uint8_t sign = value.at[i];
        if (!is_alnum(sign) && sign != '+' && sign != '/') return false;
        has_small |= is_lower(sign);
        has_capital |= is_upper(sign);
    }
    return has_small && has_capital && !has_path_part(value);
}

/* Whether it is nothing but what closes brackets and statements. */
static bool is_closing(Text value)
{
    for (int32_t i = 0; i < value.size; i++)
        if (value.at[i] == 0 || strchr(")]};,", value.at[i]) == NULL) return false;
    return true;
}

/* Whether a name alone, a path in code, a call tell that it is no secret: the shape "any". */
static bool is_any(Text value) { return (!is_code(value) && !is_closing(value)) || has_digit(value); }

/* Whether it looks random: digits among letters, both cases, or long. */
static bool is_mixed(Text value)
{
    if (value.size < 6 || has_opening(value) || has_scheme(value) || has_sign(stripped(value), ' '))
        return false;
    if (value.at[0] == '/' && !is_encoded(value)) return false;
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
    return !is_code_shaped(value);
}

/* Whether a word and a blank stand on one line, and there is a digit: _STREET. */
static bool is_address(Text value)
{
    bool has_word = false, has_gap = false;
    int32_t letters = 0;
    if (!has_digit(value) || has_sign(value, '@')) return false;
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

/* Whether it begins with an IP address. */
static bool begins_with_ip(Text value)
{
    int32_t at = 0;
    for (int group = 0; group < 4; group++) {
        int32_t size = run_of(value, at, 3, true);
        if (size > 0 && group == 3) return true;
        at += size;
        if (size == 0 || sign_at(value, at++) != '.') break;
    }
    for (at = 0; at < 4 && is_hex(sign_at(value, at));) at++;
    return sign_at(value, at) == ':' && (is_hex(sign_at(value, at + 1)) || sign_at(value, at + 1) == ':');
}

/* Whether it is a UUID, which Kubernetes gives to its objects. */
static bool is_uuid(Text value)
{
    for (int32_t i = 0; i < value.size && i < 36; i++) {
        bool is_joint = i == 8 || i == 13 || i == 18 || i == 23;
        if (is_joint ? value.at[i] != '-' : !is_hex(value.at[i])) return false;
    }
    return value.size == 36;
}

/* Whether it can name a user, and is no column or attribute such as `u.id`: _COLUMN. */
static bool is_user_id(Job *job, Text value)
{
    if (value.size > 128 || has_opening(value) || has_sign(value, ' ')) return false;
    bool is_joined = has_sign(value, '.') || has_sign(value, ':') || has_sign(value, '>');
    return !is_joined || !is_full_match_of(job, FIELDS_COLUMN, value);
}

/* Whether it is letters only, and long enough for a password. */
static bool is_long_word(Text value)
{
    for (int32_t i = 0; i < value.size; i++)
        if (!is_alpha(value.at[i])) return false;
    return value.size >= 8;
}

/* Behind the first space, or all of it. */
static Text behind_space(Text value)
{
    const uint8_t *space = memchr(value.at, ' ', (size_t)value.size);
    return space == NULL ? value : part(value, (int32_t)(space - value.at) + 1, value.size);
}

/* Asks the shape; the value is not empty. */
static bool has_shape(Job *job, Shape shape, Text value)
{
    switch (shape) {
    case SHAPE_ANY: return is_any(value);
    case SHAPE_MIXED: return is_mixed(value);
    case SHAPE_AUTH: return is_mixed(behind_space(value));
    case SHAPE_COOKIE: return has_sign(value, '=') || is_mixed(value);
    case SHAPE_USER: return is_user(value);
    case SHAPE_USER_ID: return is_user_id(job, value);
    case SHAPE_PERSON: return is_person(value);
    case SHAPE_ADDRESS: return is_address(value) && !begins_with_ip(value);
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
    case SHAPE_UID: return !is_uuid(value) && (is_user(value) || (value.size >= 6 && is_decimal(value)));
    case SHAPE_PASS: return is_mixed(value) || is_long_word(value);
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
    return has_shape(job, shape, value);
}
