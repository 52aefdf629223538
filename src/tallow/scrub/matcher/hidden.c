/* Whether a value stands for a secret instead of being one: `fields._HIDDEN`, by hand. */
#include "values.h"

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

/* Told apart by its first sign. */
bool is_hidden(Text value)
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
