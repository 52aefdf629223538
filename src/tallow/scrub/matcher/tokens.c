/* Checks of secrets by their shape: shaped keys, bare schemes, private keys. As `tokens.py`.
 *
 * Random tokens and encoded text, `Basic` among it, are in blob.c.
 */
#include "values.h"

#define LONGEST_KEY 20000
#define LONGEST_KEY_LINE 120
#define LONGEST_SAID 1000
#define LEAST_DRAWN 10

/* How many different signs stand there. */
static int32_t count_signs(const uint8_t *at, int32_t size)
{
    bool seen[SIGNS] = {false};
    int32_t count = 0;
    for (int32_t i = 0; i < size; i++) {
        count += !seen[at[i]];
        seen[at[i]] = true;
    }
    return count;
}

/* How many digits stand there. */
static int32_t count_digits(const uint8_t *at, int32_t size)
{
    int32_t count = 0;
    for (int32_t i = 0; i < size; i++) count += is_digit(at[i]);
    return count;
}

/* Where the part ends without the "=" at its end. */
static int32_t end_of_body(Text text, int32_t start, int32_t end)
{
    while (end > start && text.at[end - 1] == '=') end--;
    return end;
}

/* Whether what follows the last word of a shaped key mixes digits in. */
static bool has_random_tail(Text text, int32_t start, int32_t end)
{
    int32_t tail = start, words = 0, longest = 0, run = 0;
    for (int32_t i = start; i < end && words < 2; i++) {
        if (text.at[i] == '_') { words++; tail = i + 1; }
    }
    for (int32_t i = tail; i < end; i++) {
        run = text.at[i] == '_' ? 0 : run + 1;
        if (run > longest) longest = run;
    }
    return longest >= 8 && count_digits(text.at + tail, end - tail) >= 2;
}

/* Refuses a key-shaped word without a digit, or of too few signs, or that is a stand-in. */
void check_mixed(Job *job, const Options *options, int32_t start, int32_t end)
{
    const uint8_t *secret = job->text.at + start;
    int32_t size = end - start, prefix = options->prefix;
    if (prefix < 0) prefix = size + prefix < 0 ? 0 : size + prefix; /* from the end, as in Python */
    if (prefix > size) prefix = size;
    if (count_digits(secret, size) == 0) {
        int32_t place = prefix;
        while (place < size && !is_upper(secret[place])) place++;
        if (options->wants_digits || place == size) return;
    }
    if (count_signs(secret + prefix, size - prefix) < options->least_signs) return;
    if (options->is_random && !has_random_tail(job->text, start, end)) return;
    if (!is_placeholder(job, start, end)) take(job, start, end, OWN);
}

/* Takes the token after a scheme; refuses words (`Bearer realm=...`, `bearer of news`). */
void check_bearer(Job *job, const Options *options, int32_t start, int32_t end)
{
    Text text = job->text;
    int32_t close = end_of_body(text, start, end);
    (void)options;
    if (has_sign(part(text, start, close), '=') || is_placeholder(job, start, end)) return;
    if (is_full_match(job, TOKENS_BEARER_WORDS, start, close)) {
        int32_t place = start;
        while (place < end && !is_upper(text.at[place])) place++;
        if (end - start < 20 || place == end || has_sign(part(text, start, end), '.')) return;
    }
    take(job, start, end, OWN);
}

/* Whether letters and digits are mixed, or the letters look drawn. */
static bool is_secret_said(Job *job, int32_t start, int32_t end)
{
    uint8_t letters[LONGEST_SAID];
    int32_t count = 0;
    bool has_digit = count_digits(job->text.at + start, end - start) > 0;
    for (int32_t i = start; i < end; i++) {
        if (!is_alpha(job->text.at[i])) continue;
        if (has_digit) return true;
        if (count == LONGEST_SAID) {
            job->has_failed = true;
            return false;
        }
        letters[count++] = job->text.at[i];
    }
    return count >= LEAST_DRAWN && is_drawn((Text){letters, count});
}

/* Takes what is said to be a password when letters and digits are mixed in it. */
void check_spoken(Job *job, const Options *options, int32_t start, int32_t end)
{
    Text text = job->text;
    Match match;
    (void)options;
    while (end > start && strchr(".,;:!?)", text.at[end - 1]) && text.at[end - 1]) end--;
    uint8_t next = sign_at(text, end);
    if (next == '!' || next == '?') { /* is of the password when it ends a word, as in "Pa55!," */
        uint8_t after = sign_at(text, end + 1);
        if (end + 1 == text.size || after == ',' || after == ' ' || after == '.') end++;
    }
    if (!is_secret_said(job, start, end)) return;
    if (has_sign(part(text, start, end), '=') || has_sign(part(text, start, end), '(')) return;
    if (match_at(job, TOKENS_VERSION, start, end, &match)) return;
    if (!is_placeholder(job, start, end)) take(job, start, end, OWN);
}

/* Where five dashes begin between `place` and `limit`, or -1. */
static int32_t find_dashes(Text text, int32_t place, int32_t limit)
{
    int32_t run = 0;
    for (; place < limit && run < 5; place++) run = text.at[place] == '-' ? run + 1 : 0;
    return run == 5 ? place - 5 : -1;
}

/* Takes a private key with its body, to its END line, or as far as it looks like one. */
void check_key_block(Job *job, const Options *options, int32_t start, int32_t end)
{
    Text text = job->text;
    Match match;
    int32_t limit = end < text.size - LONGEST_KEY ? end + LONGEST_KEY : text.size;
    int32_t dashes = find_dashes(text, end, limit);
    int32_t finish = end;
    (void)options;
    if (dashes >= 0 && match_at(job, TOKENS_KEY_END, dashes, text.size, &match)) {
        take(job, start, match.end, OWN);
        return;
    }
    if (match_at(job, TOKENS_KEY_BODY, end, limit, &match)) finish = match.end;
    while (finish > end && is_space(text.at[finish - 1])) finish--;
    take(job, start, finish, OWN);
}

/* Takes the END line of a private key with the lines of base64 before it. */
void check_key_tail(Job *job, const Options *options, int32_t start, int32_t end)
{
    Match line;
    int32_t begin = start, least = start > LONGEST_KEY ? start - LONGEST_KEY : 0;
    (void)options;
    while (begin > least) {
        int32_t from = begin - LONGEST_KEY_LINE > least ? begin - LONGEST_KEY_LINE : least;
        if (!search(job, TOKENS_KEY_LINE_BEFORE, from, begin, &line)) break;
        if (line.end == line.start) break;
        begin = line.start;
    }
    take(job, begin, end, OWN);
}
