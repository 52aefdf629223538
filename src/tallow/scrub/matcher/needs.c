/* Looks for the literals that rules need, all at once; each says where its rules may match. */
#include "book.h"

enum { HEAD = 8, IS_NEED = 1, ARE_NEED = 2 };

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

/* Makes the need one that is found by its first signs. */
static void plant(Book *book, int32_t number)
{
    const Need *need = &book->needs[number];
    const uint8_t *text = (const uint8_t *)book->text + need->first;
    uint32_t kinds = 0;
    for (int32_t i = 0; i < need->length && i < 4; i++) kinds = kinds << 6 | book->kinds[text[i]];
    switch (need->length) {
    case 1:
        for (uint32_t before = 0; before < PAIRS; before += SIGN_KINDS) book->pairs[before + kinds] |= IS_NEED;
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
    memset(book->ones, -1, sizeof book->ones);
    memset(book->twos, -1, sizeof book->twos);
    memset(book->trio_heads, -1, sizeof book->trio_heads);
    memset(book->quad_heads, -1, sizeof book->quad_heads);
    tell_kinds(book);
    for (int32_t i = 0; i < book->n_needs; i++) {
        const Need *need = &book->needs[i];
        Key *key = &book->keys[i];
        if (need->first < 0 || need->length < 1 || need->first + need->length > book->n_text) return false;
        memcpy(&key->signs, book->text + need->first, need->length < HEAD ? (size_t)need->length : HEAD);
        memset(&key->mask, -1, need->length < HEAD ? (size_t)need->length : HEAD);
        key->length = need->length;
        key->windows = need->windows;
        key->end = i + 1 < book->n_needs ? need[1].windows : book->n_windows;
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

bool can_begin(const Book *book, Text text, int32_t bit, int32_t place, int32_t known)
{
    int32_t row = (bit >> 6) * SIGNS;
    uint64_t mask = (uint64_t)1 << (bit & 63);
    if (place > 0 && book->refuses[row + text.at[place - 1]] & mask) return false;
    for (int32_t k = known; k < LEADS && place + k < text.size; k++)
        if (!(book->starts[k][row + text.at[place + k]] & mask)) return false;
    return true;
}

/* Adds the starts in one window of a literal at `place`; `done` is what is seen of the text. */
static bool open_window(Hunt *hunt, const Window *window, int32_t place, int32_t *done)
{
    const Book *book = hunt->book;
    Text text = hunt->text;
    const Set *before = &book->sets[window->before], *first = &book->sets[window->first];
    int32_t low = place - window->most, high = place - window->least, at = place;
    if (low < *done) low = *done;
    if (high >= *done) *done = high + 1;
    while (at > low && is_member(before, text.at[at - 1])) at--;
    for (; at <= high; at++)
        if (is_member(first, text.at[at]) && can_begin(book, text, book->bits[window->rule], at, 0)
            && !add_start(&hunt->starts, window->rule, at)) return false;
    return true;
}

/* Adds the starts a literal at `place` makes possible. */
static bool open_windows(Hunt *hunt, int32_t need, int32_t place)
{
    const Book *book = hunt->book;
    const Key *key = &book->keys[need];
    Text text = hunt->text;
    int32_t end = place + key->length;
    uint8_t before = sign_at(text, place - 1), behind = sign_at(text, end);
    if (!(hunt->is_met[need >> 6] >> (need & 63) & 1)) {
        hunt->is_met[need >> 6] |= (uint64_t)1 << (need & 63);
        for (int32_t i = key->windows; i < key->end; i++) hunt->done[i] = 0;
    }
    for (int32_t i = key->windows; i < key->end; i++) {
        const Window *window = &book->windows[i];
        if (place > 0 && !in_set(book, window->last, before)) continue;
        if (end < text.size && !in_set(book, window->after, behind)) continue;
        if (window->most > 0) {
            if (!open_window(hunt, window, place, &hunt->done[i])) return false;
        } else if (can_begin(book, text, book->bits[window->rule], place, key->length)
                   && !add_start(&hunt->starts, window->rule, place)) return false;
    }
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

/* 64 places at a time are first asked without a branch, as in `try_everywhere`. */
bool find_needs(Hunt *hunt)
{
    const Book *book = hunt->book;
    const uint8_t *text = hunt->text.at;
    uint32_t kinds = 0, seen[64];
    for (int32_t block = 0; block < hunt->text.size; block += 64) {
        uint64_t ones = 0, twos = 0, more = 0;
        int32_t most = hunt->text.size - block < 64 ? hunt->text.size - block : 64;
        for (int32_t k = 0; k < most; k++) {
            kinds = kinds << 6 | book->kinds[text[block + k]];
            seen[k] = kinds;
            uint64_t pair = book->pairs[kinds % PAIRS];
            ones |= (pair & IS_NEED) << k;
            twos |= (pair >> 1) << k;
            more |= (bit_of(book->trios, trio_of(kinds)) | bit_of(book->quads, quad_of(kinds))) << k;
        }
        for (; ones; ones &= ones - 1) {
            int32_t k = __builtin_ctzll(ones);
            if (!follow(hunt, book->ones[seen[k] % SIGN_KINDS], block + k)) return false;
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
