/* Finds where rules match: literals first, then first signs, then the programs. */
#include "book.h"

/* Extends a match and looks at its neighbours. The same as in `engines.py`. */
static int judge(const Book *book, const Rule *rule, Text text, int32_t end, const int32_t caps[2],
                 Candidate *found)
{
    int32_t begin = rule->group ? caps[0] : found->start;
    int32_t finish = rule->group ? caps[1] : end;
    if (begin < 0) { begin = found->start; finish = end; }
    if (rule->flags & 8) {
        const Set *set = &book->sets[rule->extend];
        int32_t least = end;
        while (finish < text.size && is_member(set, text.at[finish])) finish++;
        while (finish > least && (text.at[finish - 1] == '.' || text.at[finish - 1] == '-')) finish--;
        if (finish > end) end = finish;
    }
    found->end = end; found->begin = begin; found->finish = finish;
    if ((rule->flags & 4) && end < text.size && in_set(book, rule->after, text.at[end])) return NONE;
    return FOUND;
}

/* Tries one rule at one place; `resume` is where it may be tried next when it does not match. */
static int attempt(const Book *book, int32_t number, Text text, int32_t start, Candidate *found,
                   int64_t *steps, int32_t *resume)
{
    int32_t end, caps[2];
    const Rule *rule = &book->rules[number];
    *resume = start + 1;
    int status = run(book, rule->code, text.at, text.size, start, false, &end, caps, 2, steps);
    if (status != FOUND) return status;
    found->rule = number;
    found->start = start;
    status = judge(book, rule, text, end, caps, found);
    if (status == NONE && !(rule->flags & 1) && found->end > start) *resume = found->end;
    return status;
}

void free_candidates(Candidates *found)
{
    if (found->at != found->few) free(found->at);
}

static int add(Candidates *found, const Candidate *candidate)
{
    if (found->count == found->room) {
        Candidate *old = found->at == found->few ? NULL : found->at;
        Candidate *larger = realloc(old, sizeof *larger * (size_t)found->room * 4);
        if (larger == NULL) return COSTLY;
        if (old == NULL) memcpy(larger, found->few, sizeof found->few);
        found->at = larger;
        found->room *= 4;
    }
    found->at[found->count++] = *candidate;
    return FOUND;
}

static int by_rule(const void *left, const void *right)
{
    const Candidate *a = left, *b = right;
    if (a->rule != b->rule) return a->rule < b->rule ? -1 : 1;
    return a->start < b->start ? -1 : a->start > b->start;
}

/* Few are put in order by hand: that is what most texts have. */
static void sort(Candidates *found)
{
    if (found->count > 24) {
        qsort(found->at, (size_t)found->count, sizeof *found->at, by_rule);
        return;
    }
    for (int32_t i = 1; i < found->count; i++) {
        Candidate moved = found->at[i];
        int32_t k = i;
        for (; k > 0 && found->at[k - 1].rule > moved.rule; k--) found->at[k] = found->at[k - 1];
        found->at[k] = moved;
    }
}

/* A place where a rule is to be tried. */
typedef struct { int32_t rule, place; } Start;
typedef struct { int32_t count, room; Start *at; Start few[128]; } Starts;

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

/* Whether the neighbour before and the first signs let the rule with this bit begin at `place`;
 * the first `known` of them need not be asked. */
static bool can_begin(const Book *book, Text text, int32_t bit, int32_t place, int32_t known)
{
    int32_t row = (bit >> 6) * SIGNS;
    uint64_t mask = (uint64_t)1 << (bit & 63);
    if (place > 0 && book->refuses[row + text.at[place - 1]] & mask) return false;
    for (int32_t k = known; k < LEADS && place + k < text.size; k++)
        if (!(book->starts[k][row + text.at[place + k]] & mask)) return false;
    return true;
}

/* What is known of one text while its literals are looked for. */
typedef struct {
    const Book *book;
    Text text;
    uint64_t open[WORDS];                 /* rules to try everywhere */
    int32_t *done;                        /* per window: the places before it have been seen; */
    uint64_t is_met[MOST_WINDOWS / 64];   /* if its need has been met, else it is not set yet */
    Starts starts;
} Hunt;

/* Adds the starts a literal at `place` makes possible. */
static bool open_windows(Hunt *hunt, int32_t need, int32_t place)
{
    const Book *book = hunt->book;
    Text text = hunt->text;
    int32_t last = need + 1 < book->n_needs ? book->needs[need + 1].windows : book->n_windows;
    if (!(hunt->is_met[need >> 6] >> (need & 63) & 1)) {
        hunt->is_met[need >> 6] |= (uint64_t)1 << (need & 63);
        for (int32_t i = book->needs[need].windows; i < last; i++) hunt->done[i] = 0;
    }
    for (int32_t i = book->needs[need].windows; i < last; i++) {
        const Window *window = &book->windows[i];
        const Set *before = &book->sets[window->before], *first = &book->sets[window->first];
        int32_t low = place - window->most, high = place - window->least;
        if (window->most == 0) { /* it begins with the literal, which is there */
            if (can_begin(book, text, book->bits[window->rule], place, book->needs[need].length)
                && !add_start(&hunt->starts, window->rule, place)) return false;
            continue;
        }
        if (low < hunt->done[i]) low = hunt->done[i];
        if (high >= hunt->done[i]) hunt->done[i] = high + 1;
        int32_t at = place;
        while (at > low && is_member(before, text.at[at - 1])) at--;
        for (; at <= high; at++)
            if (is_member(first, text.at[at]) && can_begin(book, text, book->bits[window->rule], at, 0)
                && !add_start(&hunt->starts, window->rule, at)) return false;
    }
    const uint64_t *rules = &book->needed[need * book->words];
    for (int32_t w = 0; w < book->scanned_words; w++) hunt->open[w] |= rules[w];
    return true;
}

/* Follows a chain of needs that may stand at `place`. */
static bool follow(Hunt *hunt, int32_t need, int32_t place)
{
    const Book *book = hunt->book;
    for (; need >= 0; need = book->chain[need]) {
        int32_t length = book->needs[need].length, k = 0;
        const char *literal = book->text + book->needs[need].first;
        if (length > hunt->text.size - place) continue;
        while (k < length && (uint8_t)literal[k] == lowered(hunt->text.at[place + k])) k++;
        if (k == length && !open_windows(hunt, need, place)) return false;
    }
    return true;
}

/* Follows the literals whose first signs end at `place`; `kinds` are those of the last four. */
static bool look_at(Hunt *hunt, uint32_t kinds, int32_t place)
{
    const int16_t *heads = hunt->book->heads;
    uint8_t sign = hunt->text.at[place];
    int32_t one = hunt->book->is_need[sign] ? heads[SHORT_HEADS + lowered(sign)] : -1;
    int32_t two = heads[PAIR_HEADS + (kinds & (PAIRS - 1))], three = heads[kinds & (GRAMS - 1)];
    int32_t four = heads[QUAD_HEADS + quad_of(kinds)];
    return (one < 0 || follow(hunt, one, place))
           && (two < 0 || place < 1 || follow(hunt, two, place - 1))
           && (three < 0 || place < 2 || follow(hunt, three, place - 2))
           && (four < 0 || place < 3 || follow(hunt, four, place - 3));
}

static inline uint64_t bit_of(const uint64_t *bits, uint32_t number)
{
    return bits[number >> 6] >> (number & 63) & 1;
}

/* Looks for all literals, 64 places at a time. */
static bool find_needs(Hunt *hunt)
{
    const Book *book = hunt->book;
    const uint8_t *text = hunt->text.at;
    uint32_t kinds = 0, seen[64];
    for (int32_t block = 0; block < hunt->text.size; block += 64) {
        uint64_t maybe = 0;
        int32_t most = hunt->text.size - block < 64 ? hunt->text.size - block : 64;
        for (int32_t k = 0; k < most; k++) {
            uint8_t sign = text[block + k];
            kinds = (kinds << 5 | book->kinds[sign]) & (32 * GRAMS - 1);
            seen[k] = kinds;
            maybe |= (book->is_need[sign] | bit_of(book->pairs, kinds & (PAIRS - 1))
                      | bit_of(book->grams, kinds & (GRAMS - 1))
                      | bit_of(book->quads, quad_of(kinds))) << k;
        }
        for (; maybe; maybe &= maybe - 1) {
            int32_t k = __builtin_ctzll(maybe);
            if (!look_at(hunt, seen[k], block + k)) return false;
        }
    }
    return true;
}

static int by_place(const void *left, const void *right)
{
    const Start *a = left, *b = right;
    if (a->rule != b->rule) return a->rule < b->rule ? -1 : 1;
    return a->place < b->place ? -1 : a->place > b->place;
}

static void sort_starts(Starts *starts)
{
    if (starts->count > 24) {
        qsort(starts->at, (size_t)starts->count, sizeof *starts->at, by_place);
        return;
    }
    for (int32_t i = 1; i < starts->count; i++) {
        Start moved = starts->at[i];
        int32_t k = i;
        for (; k > 0 && by_place(&moved, &starts->at[k - 1]) < 0; k--) starts->at[k] = starts->at[k - 1];
        starts->at[k] = moved;
    }
}

/* Tries the rules at the starts their literals left, each in the order of places. */
static int try_starts(Hunt *hunt, int64_t *steps, Candidates *found)
{
    Starts *starts = &hunt->starts;
    int32_t rule = -1, place = 0;
    sort_starts(starts);
    for (int32_t i = 0; i < starts->count; i++) {
        Start start = starts->at[i];
        if (start.rule != rule) { rule = start.rule; place = 0; }
        if (start.place < place) continue;
        Candidate here;
        int status = attempt(hunt->book, rule, hunt->text, start.place, &here, steps, &place);
        if (status == COSTLY) return COSTLY;
        if (status == NONE) continue;
        place = here.end > start.place ? here.end : start.place + 1;
        if (add(found, &here) == COSTLY) return COSTLY;
    }
    return FOUND;
}

/* Tries those rules of one word of `open` that can begin at `place`, by its first signs. */
static int try_place(const Hunt *hunt, int32_t w, int32_t place, int32_t *places, int64_t *steps,
                     Candidates *found)
{
    const Book *book = hunt->book;
    Text text = hunt->text;
    int32_t row = w * SIGNS;
    uint64_t maybe = hunt->open[w] & book->starts[0][row + text.at[place]];
    if (place > 0) maybe &= ~book->refuses[row + text.at[place - 1]];
    for (int32_t k = 1; maybe && k < LEADS && place + k < text.size; k++)
        maybe &= book->starts[k][row + text.at[place + k]];
    for (; maybe; maybe &= maybe - 1) {
        int32_t bit = w * 64 + __builtin_ctzll(maybe);
        if (places[bit] > place) continue;
        Candidate here;
        int status = attempt(book, book->numbers[bit], text, place, &here, steps, &places[bit]);
        if (status == COSTLY) return COSTLY;
        if (status == NONE) continue;
        places[bit] = here.end > place ? here.end : place + 1;
        if (add(found, &here) == COSTLY) return COSTLY;
    }
    return FOUND;
}

/* Tries the open rules at every place. 64 places at a time are first asked without a branch: what
 * can begin where is as good as random, and a branch that is guessed wrong costs more than both. */
static int try_everywhere(Hunt *hunt, int64_t *steps, Candidates *found)
{
    const Book *book = hunt->book;
    const uint8_t *text = hunt->text.at;
    int32_t places[WORDS * 64], size = hunt->text.size;
    memset(places, 0, sizeof *places * (size_t)book->scanned_words * 64);
    for (int32_t w = 0; w < book->scanned_words; w++) {
        const uint64_t *starts = book->starts[0] + w * SIGNS, *refuses = book->refuses + w * SIGNS;
        uint64_t open = hunt->open[w], refused = 0;
        for (int32_t block = 0; open && block < size; block += 64) {
            uint64_t maybe = 0;
            int32_t most = size - block < 64 ? size - block : 64;
            for (int32_t k = 0; k < most; k++) {
                uint8_t sign = text[block + k];
                maybe |= (uint64_t)((open & starts[sign] & ~refused) != 0) << k;
                refused = refuses[sign];
            }
            for (; maybe; maybe &= maybe - 1)
                if (try_place(hunt, w, block + __builtin_ctzll(maybe), places, steps, found) == COSTLY)
                    return COSTLY;
        }
    }
    return FOUND;
}

/* Finds the matches of each rule, none beginning within another of the same; by rule, then place. */
int find_all(const Book *book, Text text, int64_t *steps, Candidates *found)
{
    int32_t few[MOST_WINDOWS];
    Hunt hunt;
    hunt.book = book;
    hunt.text = text;
    hunt.done = few;
    hunt.starts.count = 0;
    memset(hunt.is_met, 0, sizeof *hunt.is_met * (size_t)(book->n_needs / 64 + 1));
    found->count = 0;
    found->room = 32;
    found->at = found->few;
    hunt.starts.room = 128;
    hunt.starts.at = hunt.starts.few;
    *steps += (int64_t)text.size * STEPS_A_SIGN;
    memcpy(hunt.open, book->always, sizeof hunt.open);
    int status = find_needs(&hunt) ? FOUND : COSTLY;
    if (status == FOUND) status = try_starts(&hunt, steps, found);
    if (status == FOUND) status = try_everywhere(&hunt, steps, found);
    if (hunt.starts.at != hunt.starts.few) free(hunt.starts.at);
    if (status != FOUND) return COSTLY;
    sort(found);
    return FOUND;
}

/* Finds one rule's next match from `place` on. */
int find_next(const Book *book, int32_t number, Text text, int32_t place, int64_t *steps,
              Candidate *found)
{
    for (int32_t i = place < 0 ? 0 : place; i < text.size;) {
        int32_t resume = i + 1;
        if (can_begin(book, text, book->bits[number], i, 0)) {
            int status = attempt(book, number, text, i, found, steps, &resume);
            if (status != NONE) return status;
        }
        i = resume;
    }
    return NONE;
}
