/* Checks that read a little of other languages: SQL inserts and command lines. As `statements.py`. */
#include "values.h"

enum { MOST_COLUMNS = 1024, MOST_ROWS = 1000, LONGEST_LITERAL = 1000, LONGEST_TERM = 200 };

/* Takes the password of a command; refuses ports, numbers and stand-ins. */
void check_cli(Job *job, const Options *options, int32_t start, int32_t end)
{
    uint8_t first = start < end ? job->text.at[start] : 0;
    int32_t place = start;
    (void)options;
    if (first == '/' || first == '$') return;
    while (place < end && is_digit(job->text.at[place])) place++;
    if (place == end && start < end) return;
    if (!is_placeholder(job, start, end)) take(job, start, end, OWN);
}

/* --- SQL inserts ------------------------------------------------------------------------------ */

static bool is_one_of(uint8_t sign, const char *signs) { return sign && strchr(signs, sign); }

/* Behind those of `signs` that stand at `place`, `most` at most. */
static int32_t behind_any(Text text, int32_t place, const char *signs, int32_t most)
{
    int32_t end = place;
    while (end - place < most && is_one_of(sign_at(text, end), signs)) end++;
    return end;
}

/* Reads the classes of the columns listed; says whether any column has one, and how many there are. */
static bool read_columns(Job *job, int32_t start, int32_t end, const KeyClass *columns[], int32_t *count)
{
    static const char AROUND[] = " \t\r\n`\"'[]";
    const uint8_t *text = job->text.at;
    bool has_class = false;
    *count = 0;
    for (int32_t first = start, until = start; until <= end && *count < MOST_COLUMNS; first = ++until) {
        while (until < end && text[until] != ',') until++;
        int32_t last = until;
        while (first < last && is_one_of(text[first], AROUND)) first++;
        while (last > first && is_one_of(text[last - 1], AROUND)) last--;
        const KeyClass *entry = classify(job->book, text + first, last - first);
        has_class |= entry != NULL;
        columns[(*count)++] = entry;
    }
    return has_class;
}

/* Where the literal in quotes that begins at `place` ends, before its closing quote; or -1. */
static int32_t quoted_end(Text text, int32_t place, uint8_t quote)
{
    for (int32_t signs = 0; place < text.size; signs++) {
        uint8_t sign = text.at[place], next = sign_at(text, place + 1);
        bool is_double = sign == quote && quote == '\'' && next == quote;
        if (sign == quote && !(is_double && signs < LONGEST_LITERAL)) return place;
        if (signs == LONGEST_LITERAL) return -1;
        if (sign == '\\' && (place + 1 >= text.size || next == '\n')) return -1;
        place += is_double || sign == '\\' ? 2 : 1;
    }
    return -1;
}

/* Where a term without quotes ends, such as `7` or `now()`. */
static int32_t term_end(Text text, int32_t place)
{
    int32_t end = place, most = text.size - place < LONGEST_TERM ? text.size : place + LONGEST_TERM;
    while (end < most && !is_one_of(text.at[end], ",()'\"")) end++;
    if (sign_at(text, end) != '(') return end;
    int32_t inner = end + 1;
    while (inner < text.size && inner - end <= LONGEST_TERM && text.at[inner] != '(' && text.at[inner] != ')') inner++;
    return sign_at(text, inner) == ')' ? inner + 1 : end;
}

/* Reads one literal of a row; returns where the next begins, or -1: it is none. `*is_last`: of its row. */
static int32_t literal_at(Text text, int32_t place, Span *literal, bool *is_last)
{
    int32_t start = behind_any(text, place, " \t\r\n", text.size);
    uint8_t first = sign_at(text, start), quote = first;
    if ((first == 'N' || first == 'E') && sign_at(text, start + 1) == '\'') quote = '\'';
    int32_t end;
    if (is_quote(quote)) {
        start += quote == first ? 1 : 2;
        end = quoted_end(text, start, quote);
        *literal = (Span){start, end, OWN, 0};
        if (end++ < 0) return -1;
    } else {
        end = term_end(text, start);
        *literal = (Span){start, end, OWN, 0};
    }
    end = behind_any(text, end, " \t\r\n", text.size);
    uint8_t next = sign_at(text, end);
    *is_last = next != ',';
    if (end == text.size) return end;
    return next == ',' || next == ')' ? end + 1 : -1;
}

/* Takes the literals of an INSERT that stand in columns with telling names, its list of columns. */
void check_sql_values(Job *job, const Options *options, int32_t start, int32_t end)
{
    Text text = job->text;
    const KeyClass *columns[MOST_COLUMNS];
    int32_t count;
    (void)options;
    if (sign_at(text, end) != ')' || !read_columns(job, start, end, columns, &count)) return;
    int32_t place = behind_any(text, end + 1, " \r\n", 4);
    uint8_t first = sign_at(text, place);
    const char *word = first == 'v' ? "values" : sign_at(text, place + 1) == 'A' ? "VALUES" : "Values";
    if (text.size - place < 6 || memcmp(text.at + place, word, 6) != 0) return;
    place = behind_any(text, place + 6, " \r\n", 4);
    for (int32_t row = 0; row < MOST_ROWS && !job->has_failed; row++) {
        place = behind_any(text, place, " \r\n", 4);
        place = behind_any(text, place + (sign_at(text, place) == ','), " \r\n", 4);
        if (sign_at(text, place++) != '(') return;
        bool is_last = false;
        for (int32_t i = 0; i < count && !is_last; i++) {
            Span literal;
            place = literal_at(text, place, &literal, &is_last);
            if (place < 0) return;
            if (columns[i] && literal.end > literal.start)
                take_within(job, columns[i], literal.start, literal.end);
        }
    }
}
