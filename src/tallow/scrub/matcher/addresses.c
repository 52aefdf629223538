/* Checks of what leads to a person or machine: mail and network addresses. Telephones: phones.c.
 *
 * Each is its namesake in `addresses.py`. Where that one would raise an error, the text is handed
 * back, so that it does.
 */
#include "scan.h"

#define LONGEST 640 /* signs; Python may refuse to read longer numbers */
#define BEFORE 48   /* signs before an IPv4 address that may say it is a version */

/* Whether `c` is one of `signs`, as `c in signs` of a sign that is there. */
static bool is_in(uint8_t c, const char *signs) { return c != 0 && strchr(signs, c) != NULL; }

static bool is_hex(uint8_t c) { return is_digit(c) || (uint8_t)((c | 32) - 'a') < 6; }

/* The place of the last `c` in [low, high), or -1. */
static int32_t last_place(Text text, uint8_t c, int32_t low, int32_t high)
{
    while (high > low)
        if (text.at[--high] == c) return high;
    return -1;
}

/* --- mail ------------------------------------------------------------------------------------- */

/* Whether the signs before `start` are those between `://` and a user part that goes on. */
static bool is_in_userinfo(Text text, int32_t start)
{
    int32_t low = start > 203 ? start - 203 : 0;
    /* The slashes of `://` are no signs of a user part, so the nearest such sign decides. */
    for (int32_t place = start - 1; place >= low + 2; place--) {
        uint8_t c = text.at[place];
        if (c == '/') return text.at[place - 1] == '/' && text.at[place - 2] == ':';
        if (is_space(c) || c == '?' || c == '#' || c == '"' || c == '\'' || c == '<' || c == '>') return false;
    }
    return false;
}

/* Refuses files (`icon@2x.png`), versions, repositories and the user part of a URL. */
void check_email(Job *job, const Options *options, int32_t start, int32_t end)
{
    (void)options;
    Text text = job->text;
    int32_t host = last_place(text, '@', start, end);
    int32_t domain = host < 0 ? start : host + 1;
    int32_t ending = last_place(text, '.', domain, end);
    if (ending++ < 0) ending = domain;
    const uint8_t *local = text.at + start;
    int32_t size = host < 0 ? 0 : host - start;
    const WordSet *users = word_set(job->book, ADDRESSES_REPOSITORY_USERS);
    if (has_lowered(word_set(job->book, ADDRESSES_FILE_ENDINGS), text.at + ending, end - ending)
        || has_word(users, local, size))
        return;
    if (is_digit(sign_at(text, domain + (lowered(sign_at(text, domain)) == 'v')))
        && is_full_match(job, ADDRESSES_RELEASE, domain, end))
        return;
    if (sign_at(text, end) == ':' && has_lowered(users, local, size)) return;
    if (!is_in_userinfo(text, start)) take(job, start, end, OWN);
}

/* --- IPv4 ------------------------------------------------------------------------------------- */

/* Numbers with dots between: how many, the first of them (256: that or more), what they have. */
typedef struct { int32_t count, values[4]; bool has_great, has_zeros; } Numbers;

/* Reads numbers with dots between; false: there is something else. */
static bool read_numbers(const uint8_t *at, int32_t size, Numbers *numbers)
{
    *numbers = (Numbers){0};
    for (int32_t place = 0; place <= size; place++) {
        int32_t first = place, value = 0;
        for (; place < size && is_digit(at[place]); place++)
            if (value < 256) value = value * 10 + at[place] - '0';
        if (place == first || (place < size && at[place] != '.')) return false;
        if (value > 255) numbers->has_great = true;
        if (at[first] == '0' && place - first > 1) numbers->has_zeros = true;
        if (numbers->count < 4) numbers->values[numbers->count] = value;
        numbers->count++;
    }
    return true;
}

/* Whether an address is kept: a net mask, loopback, and where asked for a private network.
 *
 * A dot must follow what tells: 127 alone is not yet loopback. */
static bool is_kept_v4(const Book *book, const Numbers *numbers)
{
    int32_t first = numbers->values[0], second = numbers->values[1];
    if (numbers->count > 1 && (first == 127 || first == 0)) return true;
    if (numbers->count > 2 && first == 255 && second == 255) return true;
    if (!keeps_private(book) || numbers->count < 2) return false;
    if (first == 10) return true;
    if (numbers->count < 3) return false;
    return (first == 192 && second == 168) || (first == 172 && second >= 16 && second <= 31)
           || (first == 169 && second == 254);
}

/* Runs a pattern on a part of the text alone, as on a slice in Python. */
static bool match_in(Job *job, PatternName name, Text part, int32_t place, bool is_anywhere)
{
    Job inner = *job;
    Match match;
    inner.text = part;
    bool fits = is_anywhere ? search(&inner, name, place, part.size, &match)
                            : match_at(&inner, name, place, part.size, &match);
    job->steps = inner.steps;
    job->has_failed |= inner.has_failed;
    return fits;
}

/* Whether a product's name and a slash stand before: `nginx/1.2.3.4`. */
static bool is_product(Job *job, Text before)
{
    int32_t first = before.size - 1;
    while (first > 0 && (is_alpha(before.at[first - 1]) || before.at[first - 1] == '-')) first--;
    return match_in(job, ADDRESSES_PRODUCT, before, first > 0 ? first - 1 : 0, false);
}

/* Whether a comparison stands before: `==`, `<=`, `~` and the like. */
static bool is_compared(Text before)
{
    int32_t end = before.size;
    while (end > 0 && is_space(before.at[end - 1])) end--;
    uint8_t c = sign_at(before, end - 1);
    return c == '~' || c == '^' || (c == '=' && is_in(sign_at(before, end - 2), "=~<>!^"));
}

/* What a sign may be between a word such as "version" and the number: see `_VERSIONED`. */
enum { LETTER = 1, JOINT = 2, BLANK = 4, OPENING = 8, CLOSING = 16 };
static const uint8_t KINDS[SIGNS] = {
    ['\t'] = JOINT, [' '] = JOINT | BLANK, ['='] = JOINT | BLANK, [':'] = JOINT, ['/'] = JOINT,
    ['#'] = JOINT, ['-'] = JOINT, ['('] = JOINT | OPENING, ['"'] = OPENING | CLOSING,
    ['\''] = OPENING | CLOSING, [']'] = CLOSING, [')'] = CLOSING, ['v'] = JOINT | OPENING,
};

/* Where a word may end so that only what `_VERSIONED` allows stands between it and the end.
 *
 * Bit n is the place before sign n; the pattern is walked backwards in all ways at once.
 */
static uint64_t word_ends(Text before)
{
    uint64_t letters = 0, joints = 0, blanks = 0, opening = 0, closing = 0;
    for (int32_t i = 0; i < before.size; i++) {
        uint32_t kind = KINDS[before.at[i]] | is_lower(before.at[i]);
        uint64_t bit = (uint64_t)1 << i;
        if (kind & LETTER) letters |= bit;
        if (kind <= LETTER) continue;
        if (kind & JOINT) joints |= bit;
        if (kind & BLANK) blanks |= bit;
        if (kind & OPENING) opening |= bit;
        if (kind & CLOSING) closing |= bit;
    }
    uint64_t places = (uint64_t)1 << before.size;
    if (before.at[before.size - 1] == '\n') places >>= 1;
    places |= places >> 1 & opening;
    for (int words = 0; words < 2; words++) {
        uint64_t within = places >> 1 & blanks;
        for (int i = 0; i < 12; i++) {
            within = within >> 1 & letters;
            places |= within;
        }
    }
    for (int i = 0; i < 4; i++) places |= places >> 1 & joints;
    places |= places >> 1 & closing;
    return places & ~letters & letters << 1;
}

/* Whether a word such as "version" stands before, as `_VERSIONED.search`. */
static bool is_versioned(Job *job, Text folded)
{
    for (uint64_t ends = word_ends(folded); ends; ends &= ends - 1) {
        int32_t end = __builtin_ctzll(ends), first = end;
        while (first > 0 && is_lower(folded.at[first - 1])) first--;
        if (match_in(job, ADDRESSES_VERSIONED, folded, first, false)) return true;
        /* only "version", "release" and their plurals may end a longer word */
        for (int32_t place = end - 8; place <= end - 7; place++)
            if (place > first && match_in(job, ADDRESSES_VERSIONED, folded, place, false)) return true;
    }
    return false;
}

/* Whether what stands before says that the numbers are a version. */
static bool is_version(Job *job, int32_t start)
{
    int32_t low = start > BEFORE ? start - BEFORE : 0;
    Text before = {job->text.at + low, start - low};
    if (before.size == 0) return false;
    if (before.at[before.size - 1] == '/') return is_product(job, before);
    if (is_compared(before)) return true;
    uint8_t signs[BEFORE];
    for (int32_t i = 0; i < before.size; i++) signs[i] = lowered(before.at[i]);
    Text folded = {signs, before.size};
    int32_t end = folded.size, first;
    while (end > 0 && is_in(signs[end - 1], " \t=:\"'([@,")) end--;
    for (first = end; first > 0 && is_lower(signs[first - 1]);) first--;
    const uint8_t *word = signs + first;
    if ((end - first == 4 && memcmp(word, "from", 4) == 0)
        || (end - first == 2 && memcmp(word, "to", 2) == 0))
        return match_in(job, ADDRESSES_REPLACED, folded, 0, true);
    return !has_word(word_set(job->book, ADDRESSES_PEER_WORDS), word, end - first)
           && is_versioned(job, folded);
}

/* Refuses versions, net masks and loopback, and private networks where they are kept. */
void check_ipv4(Job *job, const Options *options, int32_t start, int32_t end)
{
    Text text = job->text;
    Numbers numbers;
    Match match;
    (void)options;
    if (end - start > LONGEST || !read_numbers(text.at + start, end - start, &numbers)) {
        job->has_failed = true;
        return;
    }
    if (numbers.has_great || numbers.has_zeros || is_kept_v4(job->book, &numbers)) return;
    uint8_t next = sign_at(text, end);
    if (next == '.' && is_alnum(sign_at(text, end + 1))) return;
    if ((next == ' ' || next == '-')
        && match_at(job, ADDRESSES_VERSIONED_AFTER, end, text.size, &match))
        return;
    if (!is_version(job, start)) take(job, start, end, OWN);
}

/* --- IPv6 and below --------------------------------------------------------------------------- */

/* Reads groups with colons between, an IPv4 address perhaps the last; how many, or -1. */
static int32_t read_groups(const uint8_t *at, int32_t size, uint32_t groups[8])
{
    int32_t count = 0;
    for (int32_t place = 0; size > 0 && place <= size; place++) {
        const uint8_t *group = at + place;
        int32_t length = 0;
        uint32_t value = 0;
        for (; place < size && at[place] != ':'; place++, length++)
            value = (value << 4) + (at[place] & 15u) + (is_digit(at[place]) ? 0 : 9);
        bool is_group = length > 0 && length < 5;
        for (int32_t i = 0; is_group && i < length; i++) is_group = is_hex(group[i]);
        if (count == 8) return -1;
        if (is_group) {
            groups[count++] = value;
            continue;
        }
        Numbers octets;
        if (place < size || count == 7 || !read_numbers(group, length, &octets)) return -1;
        if (octets.count != 4 || octets.has_great) return -1;
        groups[count++] = (uint32_t)(octets.values[0] * 256 + octets.values[1]);
        groups[count++] = (uint32_t)(octets.values[2] * 256 + octets.values[3]);
    }
    return count;
}

/* Reads the eight groups of an IPv6 address; false: it is none. */
static bool read_hextets(const uint8_t *at, int32_t size, uint32_t groups[8])
{
    uint32_t after[8];
    int32_t gap = 0;
    while (gap + 1 < size && !(at[gap] == ':' && at[gap + 1] == ':')) gap++;
    if (gap + 1 >= size) return read_groups(at, size, groups) == 8;
    int32_t count = read_groups(at, gap, groups);
    int32_t more = read_groups(at + gap + 2, size - gap - 2, after);
    if (count < 0 || more < 0 || count + more > 7) return false;
    while (count < 8 - more) groups[count++] = 0;
    memcpy(groups + count, after, sizeof *after * (size_t)more);
    return true;
}

/* Whether an address is of those scrubbed: global, private, mapped, or of a translator. */
static bool is_scrubbed_v6(const Book *book, const uint32_t groups[8])
{
    uint32_t first = groups[0];
    bool is_private = (first >= 0xFC00 && first < 0xFE00) || (first >= 0xFE80 && first < 0xFEC0);
    if (is_private) return !keeps_private(book);
    if ((first >= 0x2000 && first < 0x4000) || first == 0x64 || first == 0x100) return true;
    for (int32_t i = 0; i < 5; i++)
        if (groups[i]) return false;
    return groups[5] == 0xFFFF;
}

/* Where the zone that begins at `place` ends: `%eth0`, `%251`; without one, `place`. */
static int32_t zone_end(Text text, int32_t place)
{
    if (sign_at(text, place) != '%') return place;
    int32_t first = place + 1;
    bool is_quoted = sign_at(text, first) == '2' && sign_at(text, first + 1) == '5';
    if (is_quoted && is_alnum(sign_at(text, first + 2))) first += 2;
    if (!is_alnum(sign_at(text, first))) return place;
    int32_t end = first + 1;
    for (uint8_t c; end < first + 16; end++) {
        c = sign_at(text, end);
        if (!is_alnum(c) && c != '.' && c != '_' && c != '-') break;
    }
    return end;
}

/* Refuses what does not parse, times, `a::b` of code, loopback; takes a zone along. */
void check_ipv6(Job *job, const Options *options, int32_t start, int32_t end)
{
    const uint8_t *at = job->text.at + start;
    int32_t size = end - start;
    uint32_t groups[8];
    (void)options;
    if (size > LONGEST) {
        job->has_failed = true;
        return;
    }
    if (size > 0 && at[size - 1] == ':' && !(size > 1 && at[size - 2] == ':')) size--;
    if (!read_hextets(at, size, groups) || !is_scrubbed_v6(job->book, groups)) return;
    for (int32_t i = 0; i < size; i++) {
        if (!is_digit(at[i])) continue;
        take(job, start, zone_end(job->text, start + size), OWN);
        return;
    }
}

/* Refuses parts of longer fingerprints and the addresses of nobody. */
void check_mac(Job *job, const Options *options, int32_t start, int32_t end)
{
    Text text = job->text;
    int32_t digits = 0, zeros = 0, ones = 0;
    (void)options;
    for (int32_t place = start; place < end; place++) {
        uint8_t c = text.at[place];
        digits += is_hex(c);
        zeros += c == '0';
        ones += lowered(c) == 'f';
    }
    if (digits == 12 && (zeros == 12 || ones == 12)) return;
    if (start + 2 >= text.size) {
        job->has_failed = true;
        return;
    }
    uint8_t joint = is_alnum(text.at[start + 2]) ? '.' : text.at[start + 2];
    if (sign_at(text, end) == joint && is_alnum(sign_at(text, end + 1))) return;
    if (start > 1 && text.at[start - 1] == joint && is_alnum(text.at[start - 2])) return;
    take(job, start, end, OWN);
}

/* Whether `at` begins with what may be a port and no password: digits, then `/` or the end. */
static bool is_port(const uint8_t *at, int32_t size)
{
    int32_t digits = 0;
    while (digits < size && digits < 6 && is_digit(at[digits])) digits++;
    if (digits < 1 || digits > 5) return false;
    return digits == size || at[digits] == '/' || (at[digits] == '\n' && digits + 1 == size);
}

/* Takes `user:password` between `://` and the last `@` before the host. */
void check_userinfo(Job *job, const Options *options, int32_t start, int32_t end)
{
    Text text = job->text;
    int32_t place = start + 3, host = last_place(text, '@', place, end), colon = place;
    if (host < 0) {
        job->has_failed = true;
        return;
    }
    while (colon < host && text.at[colon] != ':') colon++;
    int32_t password = colon < host ? colon + 1 : host;
    if (is_port(text.at + password, host - password)) return;
    Match match;
    if (start >= 9 && memcmp(text.at + start - 9, "sqlserver", 9) == 0
        && search(job, ADDRESSES_PROPERTY, place, host, &match)) return;
    if (colon > place && scrubs_users(job->book)) {
        if (!options->words) job->has_failed = true;
        if (!has_lowered(options->words, text.at + place, colon - place))
            take(job, place, colon, label_url_user(job->book));
    }
    if (password < host && text.at[password] != '[') take(job, password, host, OWN);
}
