/* Takes base64 text with something to scrub inside, and random tokens. As `check_blob`. */
#include "values.h"

#define FEW 4096    /* bytes of decoded text that need no memory of their own */
#define SHORTEST 24 /* signs of a random token */
#define BEFORE 32   /* signs before a token that may say it is a hash or an id */

enum { OTHER, LOWER, UPPER, DIGIT, JOINT };       /* kinds of signs; a joint parts words */

/* Per sign: its kind, and one more than what it is worth in base64, of either alphabet. */
#define L(worth) {LOWER, worth + 1}
#define U(worth) {UPPER, worth + 1}
#define D(worth) {DIGIT, worth + 1}
static const struct { uint8_t kind, worth; } TABLE[SIGNS] = {
    ['A'] = U(0), U(1), U(2), U(3), U(4), U(5), U(6), U(7), U(8), U(9), U(10), U(11), U(12), U(13),
    U(14), U(15), U(16), U(17), U(18), U(19), U(20), U(21), U(22), U(23), U(24), U(25),
    ['a'] = L(26), L(27), L(28), L(29), L(30), L(31), L(32), L(33), L(34), L(35), L(36), L(37),
    L(38), L(39), L(40), L(41), L(42), L(43), L(44), L(45), L(46), L(47), L(48), L(49), L(50),
    L(51),
    ['0'] = D(52), D(53), D(54), D(55), D(56), D(57), D(58), D(59), D(60), D(61),
    ['+'] = {JOINT, 63}, ['-'] = {JOINT, 63}, ['/'] = {JOINT, 64}, ['_'] = {JOINT, 64},
    ['.'] = {JOINT, 0}, ['~'] = {JOINT, 0}, ['='] = {JOINT, 0},
};
#undef L
#undef U
#undef D

/* What stands between two places, in one look. */
typedef struct {
    uint64_t signs[2];                    /* bit n: sign n is there */
    bool has[JOINT + 1];                  /* per kind */
    int32_t longest, longest_size;        /* the first of the longest parts between joints */
    int32_t turns;                        /* stretches of signs of one kind */
} Look;

/* Text within base64: what is read so far, and what UTF-8 asks of the next byte. */
typedef struct { int32_t left; uint8_t low, high; } Utf8;

/* How many of 128 signs are there. */
static int32_t count_bits(const uint64_t bits[2])
{
    int32_t count = 0;
    for (int i = 0; i < 2; i++) { /* sums of two, four and eight bits, then all eight of those */
        uint64_t sums = bits[i] - (bits[i] >> 1 & 0x5555555555555555);
        sums = (sums & 0x3333333333333333) + (sums >> 2 & 0x3333333333333333);
        sums = (sums + (sums >> 4)) & 0x0f0f0f0f0f0f0f0f;
        count += (int32_t)(sums * 0x0101010101010101 >> 56);
    }
    return count;
}

/* What stands there: which signs, of what kinds, the longest part, how often the kind turns. */
static Look look_at(Text text, int32_t start, int32_t end)
{
    Look look = {.longest = start};
    int32_t part = start;
    uint8_t last = OTHER;
    for (int32_t i = start; i < end; i++) {
        uint8_t sign = text.at[i], kind = TABLE[sign].kind;
        look.signs[sign >> 6] |= (uint64_t)1 << (sign & 63);
        look.has[kind] = true;
        look.turns += kind != OTHER && kind != last;
        last = kind;
        if (kind == JOINT) part = i + 1;
        else if (i + 1 - part > look.longest_size) {
            look.longest = part;
            look.longest_size = i + 1 - part;
        }
    }
    return look;
}

/* Whether the byte may come next in UTF-8 text without control signs. */
static bool follows(Utf8 *state, uint8_t byte)
{
    if (state->left > 0) {
        bool is_good = state->low <= byte && byte <= state->high;
        state->low = 0x80;
        state->high = 0xbf;
        state->left--;
        return is_good;
    }
    if (byte < 0x80) {
        return (byte >= ' ' && byte != 0x7f) || byte == '\t' || byte == '\r' || byte == '\n';
    }
    state->low = byte == 0xe0 ? 0xa0 : byte == 0xf0 ? 0x90 : 0x80; /* nothing longer than need be */
    state->high = byte == 0xed ? 0x9f : byte == 0xf4 ? 0x8f : 0xbf; /* no surrogates */
    state->left = byte >= 0xf0 ? 3 : byte >= 0xe0 ? 2 : 1;
    return byte >= 0xc2 && byte <= 0xf4;
}

/* The size of the text that base64 stands for, or -1 when it stands for no text. */
static int32_t decode(Text text, int32_t start, int32_t end, uint8_t *plain)
{
    Utf8 state = {0, 0x80, 0xbf};
    uint32_t bits = 0;
    int32_t held = 0, size = 0;
    for (int32_t i = start; i < end; i++) {
        uint32_t worth = TABLE[text.at[i]].worth;
        if (worth == 0) return -1;
        bits = bits << 6 | (worth - 1);
        held += 6;
        if (held < 8) continue;
        held -= 8;
        plain[size] = (uint8_t)(bits >> held);
        if (!follows(&state, plain[size++])) return -1;
    }
    return state.left == 0 ? size : -1;
}

/* Where the part ends without the "=" at its end. */
static int32_t end_of_body(Text text, int32_t start, int32_t end)
{
    while (end > start && text.at[end - 1] == '=') end--;
    return end;
}

/* Asks `judge` about the text that base64 stands for; -1 when it stands for no text. */
static int32_t ask_about_plain(Job *job, int32_t start, int32_t end, bool (*judge)(Job *, Text))
{
    uint8_t few[FEW], *plain = few;
    end = end_of_body(job->text, start, end);
    if ((end - start) % 4 == 1) return -1;
    if ((end - start) / 4 * 3 + 3 > FEW) plain = malloc((size_t)(end - start));
    if (!plain) {
        job->has_failed = true;
        return -1;
    }
    int32_t size = decode(job->text, start, end, plain);
    int32_t answer = size < 0 ? -1 : judge(job, (Text){plain, size});
    if (plain != few) free(plain);
    return answer;
}

/* Whether there is a user and a password. */
static bool has_colon(Job *job, Text text)
{
    (void)job;
    return memchr(text.at, ':', (size_t)text.size) != NULL;
}

/* Takes `Basic ...` when it decodes to `user:password`. */
void check_basic(Job *job, const Options *options, int32_t start, int32_t end)
{
    (void)options;
    if (ask_about_plain(job, start, end, has_colon) == 1) take(job, start, end, OWN);
}

/* Whether the slashes part words, as in a path, and are not signs of base64. */
static bool is_path(Job *job, int32_t start, int32_t end)
{
    const uint8_t *at = job->text.at;
    if (at[start] == '/') return true;
    for (int32_t part = start; part <= end;) {
        int32_t close = part;
        while (close < end && at[close] != '/') close++;
        if (is_full_match(job, TOKENS_PATH_WORD, part, close)) return true;
        part = close + 1;
    }
    return false;
}

/* Whether all signs are those of a number in hex, of one case. */
static bool is_all_hex(const Look *look)
{
    const uint64_t digits = (uint64_t)0x3ff << '0', letters = (uint64_t)0x3f << 1;
    if (look->signs[0] & ~digits) return false;
    return !(look->signs[1] & ~letters) || !(look->signs[1] & ~(letters << 32));
}

/* Whether there are four consonants in a row. */
static bool is_unspeakable(const uint8_t *at, int32_t size)
{
    int32_t run = 0;
    for (int32_t i = 0; i < size && run < 4; i++) {
        run = is_alpha(at[i]) && !strchr("aeiouy", lowered(at[i])) ? run + 1 : 0;
    }
    return run == 4;
}

/* How many signs are those of words: five small letters, or four of which the first is large. */
static int32_t count_wordy(const uint8_t *at, int32_t size)
{
    int32_t count = 0;
    for (int32_t i = 0; i < size;) {
        bool is_large = is_upper(at[i]);
        int32_t end = i + is_large;
        while (end < size && is_lower(at[end])) end++;
        int32_t found = end - i;
        if (found >= 5 - is_large && !is_unspeakable(at + i, found)) count += found;
        i += found ? found : 1;
    }
    return count;
}

/* Whether the signs change kind as often as those of a drawn token do; no "=" is at the end. */
static bool is_random(Text text, int32_t start, int32_t end, Look look)
{
    if (end - start < SHORTEST) return false;
    if (!look.has[UPPER] || (int64_t)look.longest_size * 3 < end - start) {
        start = look.longest;
        end = start + look.longest_size;
        if (end - start < SHORTEST) return false;
        look = look_at(text, start, end);
    }
    int32_t size = end - start;
    bool is_mixed = look.has[LOWER] && look.has[UPPER];
    if (!look.has[DIGIT] || is_all_hex(&look) || count_bits(look.signs) < 13) return false;
    if (!is_mixed && (size < 28 || !look.has[LOWER])) return false;
    if ((double)(look.turns - 1) / (double)(size - 1) < (is_mixed ? 0.34 : 0.3)) return false;
    double wordy = (double)count_wordy(text.at + start, size) / (double)size;
    return wordy < (is_mixed || size >= 32 ? 0.4 : 0.3);
}

/* The same for a part of a path; most are too short to look at. */
static bool is_random_part(Text text, int32_t start, int32_t end)
{
    end = end_of_body(text, start, end);
    return end - start >= SHORTEST && is_random(text, start, end, look_at(text, start, end));
}

/* Whether the line begins with two dashes, as those between the parts of a MIME message. */
static bool is_boundary(Text text, int32_t start)
{
    uint8_t before = sign_at(text, start - 1);
    if (before == '\\') {
        if (text.at[start] != 'n' && text.at[start] != 'r') return false;
        start++;
    } else if (start > 0 && before != '\r' && before != '\n') {
        return false;
    }
    return sign_at(text, start) == '-' && sign_at(text, start + 1) == '-';
}

/* Whether a random part begins as what is known to be public: a key, a picture, a symbol. */
static bool is_public(Job *job, int32_t start, int32_t end)
{
    Match match;
    return match_at(job, TOKENS_PUBLIC, start, end, &match);
}

/* Whether the sign joins the words of a name. */
static bool is_dash(uint8_t sign) { return sign == '-' || sign == '_'; }

/* Whether the word before a token says that it is a hash or an id.
 *
 * A word of `_KNOWN_HASH` or `_KNOWN_ID` and the marks behind it are all that either may take, so
 * they are looked for from where the last word begins.
 */
static bool is_known(Job *job, int32_t start)
{
    const uint8_t *at = job->text.at;
    Match match;
    int32_t least = start > BEFORE ? start - BEFORE : 0, from = start;
    while (from > least && strchr("-:=,/ \"'\n", at[from - 1]) && at[from - 1]) from--;
    if (from == start) return false;
    while (from > least && (is_alnum(at[from - 1]) || is_dash(at[from - 1]))) from--;
    return search(job, TOKENS_KNOWN_HASH, from, start, &match)
        || search(job, TOKENS_KNOWN_ID, from, start, &match);
}

/* Takes the random parts of a path. */
static void take_parts(Job *job, int32_t start, int32_t end)
{
    const uint8_t *at = job->text.at;
    bool is_first = true;
    for (int32_t part = start; part < end;) {
        int32_t close = part;
        while (close < end && at[close] != '/') close++;
        if (is_random_part(job->text, part, close) && !is_public(job, part, close)) {
            if (is_first && is_known(job, start)) return;
            is_first = false;
            take(job, part, close, OWN);
        }
        part = close + 1;
    }
}

/* Takes base64 text with something to scrub inside (by `finds`), and random tokens. */
void check_blob(Job *job, const Options *options, int32_t start, int32_t end)
{
    Text text = job->text;
    Match match;
    (void)options;
    while (sign_at(text, end) == '='
           && !(end >= 2 && text.at[end - 1] == '=' && text.at[end - 2] == '=')) end++;
    end = scope_of(job, start, end);
    int32_t body = end_of_body(text, start, end);
    Look look = look_at(text, start, body);
    if (look.has[LOWER] && !look.has[UPPER] && look.longest_size < 28) return;
    uint64_t signs[2] = {look.signs[0] | (uint64_t)(body < end) << '=', look.signs[1]};
    if (count_bits(signs) < 10) return;
    if (match_at(job, TOKENS_HASH_AT_START, start, end, &match)) return;
    int32_t answer = ask_about_plain(job, start, end, finds);
    if (answer == 1) take(job, start, end, label_encoded(job->book));
    if (answer >= 0 || job->has_failed) return;
    if ((sign_at(text, end) == '.' && match_at(job, TOKENS_ASSET, end, text.size, &match))
        || (text.at[end - 1] != '=' && is_full_match(job, TOKENS_CACHE_KEY, start, end))) return;
    if (memchr(text.at + start, '/', (size_t)(end - start)) && is_path(job, start, end)) {
        take_parts(job, start, end);
        return;
    }
    if (!is_random(text, start, body, look) || is_public(job, start, end) || is_boundary(text, start)) return;
    if (memchr(text.at + start, '+', (size_t)(end - start)) && is_in_form(text, start, end)) return;
    if (!is_known(job, start)) take(job, start, end, OWN);
}
