/* Checks of `checks.py`: cards, accounts, official numbers, words around, names of people's homes.
 *
 * Where the namesake in Python would raise an error, the text is handed back, so that it does.
 */
#include "scan.h"

#define MOST_DIGITS 19
#define LONGEST_NUMBER 128
#define AROUND_BEFORE 48 /* signs before and after a number where the words about it may stand */
#define AROUND_AFTER 32
#define COUNTED 32
#define ROUTE 20
#define LEAST_ADVERB 8

/* Sizes of the groups of a card's number as printed; 446 is four digits, four and six. */
static bool is_card_size(uint64_t sizes)
{
    switch (sizes) {
    case 0x4444: case 0x465: case 0x464: case 0x44443: case 0x4441: case 0x445: case 0x6D:
    case 0x88: case 0x4333: return true;
    default: return false;
    }
}

/* The first sign of the word of letters that ends at `end`. */
static int32_t word_start(Text text, int32_t low, int32_t end)
{
    while (end > low && is_alpha(text.at[end - 1])) end--;
    return end;
}

/* Whether the words before a number say that it counts things: `order number: `. */
static bool is_counted(const Book *book, Text text, int32_t start)
{
    int32_t low = start > COUNTED ? start - COUNTED : 0, end = start;
    for (; end > low; end--) {
        uint8_t c = text.at[end - 1];
        if (c != '"' && c != '\'' && c != ' ' && c != ':' && c != '=' && c != '#') break;
    }
    if (start - end < 1 || start - end > 3) return false;
    int32_t first = word_start(text, low, end);
    if (first == end) return false;
    const WordSet *orders = word_set(book, CHECKS_ORDER_WORDS);
    if (has_lowered(orders, text.at + first, end - first)) return true;
    if (!has_lowered(word_set(book, CHECKS_NUMBER_WORDS), text.at + first, end - first)) return false;
    for (end = first; end > low && !is_alpha(text.at[end - 1]);) end--;
    first = word_start(text, low, end);
    return first < end && has_lowered(orders, text.at + first, end - first);
}

/* Luhn, a brand's prefix and length, groups as printed; a bare number must not be an id. */
void check_card(Job *job, const Options *options, int32_t start, int32_t end)
{
    Text text = job->text;
    uint8_t digits[MOST_DIGITS];
    int32_t count = 0, groups = 0;
    uint64_t sizes = 0; /* of the groups, four bits each */
    bool is_varied = false;
    (void)options;
    for (int32_t place = start; place < end; place++) {
        uint8_t c = text.at[place];
        if (!is_digit(c)) continue;
        if (count == MOST_DIGITS) return;
        if (place == start || !is_digit(text.at[place - 1])) {
            groups++;
            sizes <<= 4;
        }
        sizes++;
        is_varied |= count > 0 && c != digits[0];
        digits[count++] = c;
    }
    if (groups > 5 || (groups > 1 && !is_card_size(sizes))) return;
    if (!is_varied || !has_brand(digits, count) || !is_luhn(digits, count)) return;
    if (groups > 1 || !is_counted(job->book, text, start)) take(job, start, end, OWN);
}

/* What is no account in a country spelt in hex (AE, BA, BE, DE, EE: digits only) but a digest. */
static bool is_hex_with_letters(Text text, int32_t start, int32_t end)
{
    bool has_letter = false;
    for (int32_t place = start; place < end; place++) {
        uint8_t sign = text.at[place];
        if (!is_digit(sign) && (sign < 'a' || sign > 'f')) return false;
        has_letter |= !is_digit(sign);
    }
    return has_letter;
}

/* Takes exactly the country's length; ISO 7064 mod 97-10 decides. */
void check_iban(Job *job, const Options *options, int32_t start, int32_t end)
{
    Text text = job->text;
    (void)options;
    (void)end;
    if (start + 1 >= text.size) return;
    int32_t length = iban_length(job->book, text.at[start], text.at[start + 1]);
    if (length == 0) return;
    int32_t finish = iban_end(text, start, length);
    if (finish < 0 || is_alnum(sign_at(text, finish))) return;
    if (!is_hex_with_letters(text, start + 2, finish)) take(job, start, finish, OWN);
}

/* Whether one of the rule's words stands near. */
static bool is_near(Job *job, const Options *options, int32_t start, int32_t end)
{
    int32_t low = start > AROUND_BEFORE ? start - AROUND_BEFORE : 0, size = job->text.size;
    return search_near(job, options, low, start)
           || search_near(job, options, end, end < size - AROUND_AFTER ? end + AROUND_AFTER : size);
}

/* Whether blanks part a number within, and from another one: `302 500 2425 85868`. */
static bool is_in_column(Text text, int32_t start, int32_t end)
{
    if (!memchr(text.at + start, ' ', (size_t)(end - start))) return false;
    bool follows = sign_at(text, start - 1) == ' ' && is_digit(sign_at(text, start - 2));
    return follows || (sign_at(text, end) == ' ' && is_digit(sign_at(text, end + 1)));
}

/* Asks the scheme's own check of an official number; `near` words must stand around it. */
void check_official(Job *job, const Options *options, int32_t start, int32_t end)
{
    uint8_t number[LONGEST_NUMBER];
    int32_t size = 0;
    for (int32_t place = start; place < end; place++) {
        uint8_t c = job->text.at[place];
        if (!is_alnum(c)) continue;
        if (size == LONGEST_NUMBER) {
            job->has_failed = true;
            return;
        }
        number[size++] = is_lower(c) ? c - 32 : c;
    }
    if (!passes(number, size, options->schemes)) return;
    bool fits = options->near < 0 ? !is_in_column(job->text, start, end) : is_near(job, options, start, end);
    if (fits) take(job, start, end, OWN);
}

/* Asks only for one of the `near` words around. */
void check_near(Job *job, const Options *options, int32_t start, int32_t end)
{
    if (options->near < 0) job->has_failed = true;
    else if (is_near(job, options, start, end)) take(job, start, end, OWN);
}

/* The last place of `/home` from `low` on that ends until `high`, or -1. */
static int32_t home_place(Text text, int32_t low, int32_t high)
{
    for (int32_t place = high - 5; place >= low; place--)
        if (text.at[place] == '/' && memcmp(text.at + place, "/home", 5) == 0) return place;
    return -1;
}

/* Whether a path that begins at `root` is a route: `GET /home`, `url=/home`. As `_ROUTE_BEFORE`. */
static bool is_route(Job *job, int32_t root)
{
    Text text = job->text;
    Match match;
    int32_t low = root > ROUTE ? root - ROUTE : 0, end = root;
    if (end > low && text.at[end - 1] == '\n') end--;
    /* most paths follow a blank or a sign that no name of a route is before: look no further */
    if (end > low && (text.at[end - 1] == '"' || text.at[end - 1] == '\'')) end--;
    else if (end - low > 3 && text.at[end - 1] == ' ' && is_upper(text.at[end - 2])) {
        return is_upper(text.at[end - 3]) && is_upper(text.at[end - 4]);
    }
    if (end > low && text.at[end - 1] == ' ') end--;
    if (end <= low || (text.at[end - 1] != '=' && text.at[end - 1] != ':')) return false;
    return search(job, CHECKS_ROUTE_BEFORE, low, root, &match);
}

/* Takes the name of a home folder; refuses shared folders and routes of a site. */
void check_home(Job *job, const Options *options, int32_t start, int32_t end)
{
    Text text = job->text;
    const uint8_t *name = text.at + start;
    if (!options->words) job->has_failed = true;
    if (has_lowered(options->words, name, end - start)) return;
    int32_t root = home_place(text, start > 12 ? start - 12 : 0, start);
    if (root >= 0) {
        if (is_route(job, root)) return;
        if (!options->pages) job->has_failed = true;
        if (has_lowered(options->pages, name, end - start)) {
            uint8_t before = sign_at(text, root - 1), after = sign_at(text, end);
            if (after != '/' && after != '\\') return;
            if (before == ' ' || before == '"' || before == '\'' || before == '=') return;
        }
    }
    take(job, start, end, OWN);
}

/* Takes a user name a known sentence names; refuses words that only follow "user". */
void check_user(Job *job, const Options *options, int32_t start, int32_t end)
{
    Text text = job->text;
    const uint8_t *name = text.at + start;
    for (; end > start; end--) {
        uint8_t c = text.at[end - 1];
        if (c != '.' && c != ',' && c != ':' && c != ';') break;
    }
    int32_t size = end - start, digits = 0;
    if (size < 2) return;
    if (!options->words) job->has_failed = true;
    while (digits < size && is_digit(name[digits])) digits++;
    if (digits == size) return;
    if (size >= LEAST_ADVERB && name[size - 2] == 'l' && name[size - 1] == 'y') return; /* `emily` is none */
    if (has_lowered(options->words, name, size)) return;
    uint8_t before = start ? text.at[start - 1] : '"';
    if (before != '\'' && before != '"' && before != '`')
        for (int32_t i = 0; i < size; i++)
            if (name[i] == '=' || (size - i > 2 && memcmp(name + i, "_id", 3) == 0)) return;
    take(job, start, end, OWN);
}
