/* Looks for the literals that rules need, all at once; each says where its rules may match. */
#include "book.h"

enum { HEAD = 8, FEW = 3, IS_NEED = 1, ARE_NEED = 2, LEAVES_NEED = 4 };

/* --- on making a book ------------------------------------------------------------------------- */

/* Gives each sign of the needs a kind: letters of any case the same, and what no need has 0. */
static void tell_kinds(Book *book)
{
    int32_t count = 0;
    for (int32_t i = 0; i < book->n_text; i++) {
        uint8_t sign = (uint8_t)book->text[i];
        if (book->kinds[sign]) continue;
        book->kinds[sign] = (uint8_t)(1 + count++ % (SIGN_KINDS - 1)); /* more signs share theirs */
        if (is_lower(sign)) book->kinds[sign - 32] = book->kinds[sign];
    }
}

/* Puts the need before the others with the same head. */
static void chain(Book *book, int32_t number, int16_t *head)
{
    book->keys[number].next = *head;
    *head = (int16_t)number;
}

/* The kinds of signs of a set. */
static uint64_t kinds_of(const Book *book, int32_t set)
{
    uint64_t kinds = 0;
    for (int32_t sign = 0; sign < SIGNS; sign++)
        if (in_set(book, set, (uint8_t)sign)) kinds |= (uint64_t)1 << book->kinds[sign];
    return kinds;
}

/* Makes the windows ones that are asked by kinds. */
static bool reach(Book *book)
{
    book->reaches = calloc((size_t)book->n_windows + 1, sizeof *book->reaches);
    for (int32_t i = 0; book->reaches && i < book->n_windows; i++) {
        const Window *own = &book->windows[i];
        book->reaches[i] = (Reach){own->rule, own->least, own->most, kinds_of(book, own->before),
                                   kinds_of(book, own->first), kinds_of(book, own->last), kinds_of(book, own->after)};
    }
    return book->reaches != NULL;
}

/* Marks the kinds beside which the need of one sign may let something match. */
static void mark_beside(Book *book, int32_t number, uint32_t kind)
{
    const Key *key = &book->keys[number];
    uint64_t before = key->opens ? UINT64_MAX : 1, behind = before; /* 0: nothing, or what is in no need */
    for (int32_t i = key->windows; i < key->end; i++) {
        before |= book->reaches[i].last;
        behind |= book->reaches[i].after;
    }
    for (uint32_t other = 0; other < SIGN_KINDS; other++) {
        if (before >> other & 1) book->pairs[other * SIGN_KINDS + kind] |= IS_NEED;
        if (behind >> other & 1) book->pairs[kind * SIGN_KINDS + other] |= LEAVES_NEED;
    }
}

/* Makes the need one that is found by its first signs. */
static void plant(Book *book, int32_t number)
{
    const Need *need = &book->needs[number];
    const uint8_t *text = (const uint8_t *)book->text + need->first;
    uint32_t kinds = 0;
    for (int32_t i = 0; i < need->length && i < 4; i++) kinds = kinds << 6 | book->kinds[text[i]];
    switch (need->length) {
    case 1:
        mark_beside(book, number, kinds);
        chain(book, number, &book->ones[kinds]);
        break;
    case 2:
        book->pairs[kinds] |= ARE_NEED;
        chain(book, number, &book->twos[kinds]);
        break;
    case 3:
        book->trios[trio_of(kinds) >> 6] |= (uint64_t)1 << (trio_of(kinds) & 63);
        chain(book, number, &book->trio_heads[trio_of(kinds) % HEADS]);
        break;
    default:
        book->quads[quad_of(kinds) >> 6] |= (uint64_t)1 << (quad_of(kinds) & 63);
        chain(book, number, &book->quad_heads[quad_of(kinds) % HEADS]);
    }
}

bool chain_needs(Book *book)
{
    book->keys = calloc((size_t)book->n_needs + 1, sizeof *book->keys);
    if (!book->keys || book->n_needs >= MOST_WINDOWS) return false;
    tell_kinds(book);
    if (!reach(book)) return false;
    memset(book->ones, -1, sizeof book->ones);
    memset(book->twos, -1, sizeof book->twos);
    memset(book->trio_heads, -1, sizeof book->trio_heads);
    memset(book->quad_heads, -1, sizeof book->quad_heads);
    for (int32_t i = 0; i < book->n_needs; i++) {
        const Need *need = &book->needs[i];
        Key *key = &book->keys[i];
        if (need->first < 0 || need->length < 1 || need->first + need->length > book->n_text
            || need->length > INT16_MAX) return false;
        memcpy(&key->signs, book->text + need->first, need->length < HEAD ? (size_t)need->length : HEAD);
        memset(&key->mask, -1, need->length < HEAD ? (size_t)need->length : HEAD);
        key->length = (int16_t)need->length;
        key->windows = need->windows;
        key->end = i + 1 < book->n_needs ? need[1].windows : book->n_windows;
        for (int32_t w = 0; w < book->words; w++) key->opens |= book->needed[i * book->words + w] != 0;
        plant(book, i);
    }
    return true;
}

/* --- on looking for them ---------------------------------------------------------------------- */

static bool add_start(Starts *starts, int32_t rule, int32_t place)
{
    if (starts->count == starts->room) {
        Start *old = starts->at == starts->few ? NULL : starts->at;
        Start *larger = realloc(old, sizeof *larger * (size_t)starts->room * 4);
        if (larger == NULL) return false;
        if (old == NULL) memcpy(larger, starts->few, sizeof starts->few);
        starts->at = larger;
        starts->room *= 4;
    }
    starts->at[starts->count++] = (Start){rule, place};
    return true;
}

/* Whether the first signs but `known` of them let a rule begin at `place`. */
static inline bool has_leads(const Beginning *rule, Text text, int32_t place, int32_t known)
{
    for (int32_t k = known; k < LEADS && place + k < text.size; k++)
        if (!is_member(&rule->leads[k], text.at[place + k])) return false;
    return true;
}

bool can_begin(const Book *book, Text text, int32_t rule, int32_t place)
{
    const Beginning *beginning = &book->beginnings[rule];
    return (place == 0 || !is_member(&beginning->refused, text.at[place - 1]))
           && has_leads(beginning, text, place, 0);
}

static inline bool has_kind(const Book *book, uint64_t kinds, uint8_t sign)
{
    return kinds >> book->kinds[sign] & 1;
}

/* Adds the starts in one window of a literal at `place`; `done` is what is seen of the text. */
static bool open_window(Hunt *hunt, const Reach *window, int32_t place, int32_t *done)
{
    const Book *book = hunt->book;
    Text text = hunt->text;
    int32_t low = place - window->most, high = place - window->least, at = place;
    if (high < 0 || (window->least > 0 && !has_kind(book, window->before, text.at[high]))) return true;
    if (low < *done) low = *done;
    if (high >= *done) *done = high + 1;
    if (high - low < FEW) at = low < 0 ? 0 : low; /* they are tried as soon */
    while (at > low && has_kind(book, window->before, text.at[at - 1])) at--;
    for (; at <= high; at++)
        if (has_kind(book, window->first, text.at[at]) && can_begin(book, text, window->rule, at)
            && !add_start(&hunt->starts, window->rule, at)) return false;
    return true;
}

/* Notes that a need has been met; at the first time its windows have seen nothing. */
static inline void meet(Hunt *hunt, int32_t need, const Key *key)
{
    uint64_t bit = (uint64_t)1 << (need & 63), *met = &hunt->is_met[need >> 6];
    if (!(*met & bit))
        for (int32_t i = key->windows; i < key->end; i++) hunt->done[i] = 0;
    *met |= bit;
}

/* Adds the starts a literal at `place` makes possible. */
static bool open_windows(Hunt *hunt, int32_t need, int32_t place)
{
    const Book *book = hunt->book;
    const Key *key = &book->keys[need];
    Text text = hunt->text;
    int32_t end = place + key->length;
    uint64_t before = place > 0 ? (uint64_t)1 << book->kinds[text.at[place - 1]] : UINT64_MAX;
    uint64_t behind = end < text.size ? (uint64_t)1 << book->kinds[text.at[end]] : UINT64_MAX;
    meet(hunt, need, key);
    for (int32_t i = key->windows; i < key->end; i++) {
        const Reach *window = &book->reaches[i];
        if (!(window->last & before) || !(window->after & behind)) continue;
        if (window->most > 0) {
            if (!open_window(hunt, window, place, &hunt->done[i])) return false;
        } else {
            const Beginning *rule = &book->beginnings[window->rule];
            bool fits = place == 0 || !is_member(&rule->refused, text.at[place - 1]);
            if (fits && has_leads(rule, text, place, key->length)
                && !add_start(&hunt->starts, window->rule, place)) return false;
        }
    }
    if (!key->opens) return true;
    const uint64_t *rules = &book->needed[need * book->words];
    for (int32_t w = 0; w < book->scanned_words; w++) hunt->open[w] |= rules[w];
    return true;
}

/* Eight signs of the text, capitals as small letters; what is behind its end are zeros. */
static inline uint64_t eight_at(Text text, int32_t place)
{
    const uint64_t each = 0x0101010101010101u;
    uint64_t signs = 0;
    memcpy(&signs, text.at + place, text.size - place < HEAD ? (size_t)(text.size - place) : HEAD);
    uint64_t low = signs & each * 127;
    uint64_t from_a = low + each * (128 - 'A'), behind_z = low + each * (127 - 'Z');
    return signs + ((from_a & ~behind_z & ~signs & each * 128) >> 2);
}

/* Whether the rest of a need of more than eight signs stands behind its first. */
static bool has_rest(const Book *book, Text text, int32_t need, int32_t place)
{
    const char *literal = book->text + book->needs[need].first;
    int32_t k = HEAD;
    while (k < book->keys[need].length && (uint8_t)literal[k] == lowered(text.at[place + k])) k++;
    return k == book->keys[need].length;
}

/* Follows a chain of needs that may stand at `place`. */
static bool follow(Hunt *hunt, int32_t need, int32_t place)
{
    if (place < 0) return true;
    const Book *book = hunt->book;
    uint64_t signs = eight_at(hunt->text, place);
    for (; need >= 0; need = book->keys[need].next) {
        const Key *key = &book->keys[need];
        if ((signs & key->mask) != key->signs || key->length > hunt->text.size - place) continue;
        if (key->length > HEAD && !has_rest(book, hunt->text, need, place)) continue;
        if (!open_windows(hunt, need, place)) return false;
    }
    return true;
}

static inline uint64_t bit_of(const uint64_t *bits, uint32_t number)
{
    return bits[number >> 6] >> (number & 63) & 1;
}

/* Follows the needs of three signs and more whose first signs end at `place`. */
static bool look_at(Hunt *hunt, uint32_t kinds, int32_t place)
{
    const Book *book = hunt->book;
    uint32_t trio = trio_of(kinds), quad = quad_of(kinds);
    return (!bit_of(book->trios, trio) || follow(hunt, book->trio_heads[trio % HEADS], place - 2))
           && (!bit_of(book->quads, quad) || follow(hunt, book->quad_heads[quad % HEADS], place - 3));
}

/* Opens what the need of one sign at `place` lets in. */
static bool follow_one(Hunt *hunt, int32_t need, int32_t place)
{
    const Book *book = hunt->book;
    for (; need >= 0; need = book->keys[need].next)
        if ((uint8_t)book->text[book->needs[need].first] == lowered(hunt->text.at[place])
            && !open_windows(hunt, need, place)) return false;
    return true;
}

/* 64 places at a time are first asked without a branch, as in `try_everywhere`. */
bool find_needs(Hunt *hunt)
{
    const Book *book = hunt->book;
    const uint8_t *text = hunt->text.at;
    uint32_t kinds = 0, seen[64];
    for (int32_t block = 0; block < hunt->text.size; block += 64) {
        uint64_t ones = 0, twos = 0, more = 0, left = 0; /* `left` is one place late */
        int32_t most = hunt->text.size - block < 64 ? hunt->text.size - block : 64;
        for (int32_t k = 0; k < most; k++) {
            kinds = kinds << 6 | book->kinds[text[block + k]];
            seen[k] = kinds;
            uint64_t pair = book->pairs[kinds % PAIRS];
            ones |= (pair & IS_NEED) << k;
            twos |= (pair >> 1 & 1) << k;
            left |= (pair >> 2) << k;
            more |= (bit_of(book->trios, trio_of(kinds)) | bit_of(book->quads, quad_of(kinds))) << k;
        }
        for (ones &= left >> 1 | (uint64_t)1 << (most - 1); ones; ones &= ones - 1) {
            int32_t k = __builtin_ctzll(ones);
            if (!follow_one(hunt, book->ones[seen[k] % SIGN_KINDS], block + k)) return false;
        }
        for (; twos; twos &= twos - 1) {
            int32_t k = __builtin_ctzll(twos);
            if (!follow(hunt, book->twos[seen[k] % PAIRS], block + k - 1)) return false;
        }
        for (; more; more &= more - 1) {
            int32_t k = __builtin_ctzll(more);
            if (!look_at(hunt, seen[k], block + k)) return false;
        }
    }
    return true;
}
