/* Finds where rules match: literals first (needs.c), then first signs, then the programs. */
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

/* The rules of one word of `open` that can begin at `place`, by their first signs and further ones. */
static inline uint64_t beginning_at(const Hunt *hunt, int32_t w, int32_t place)
{
    const Book *book = hunt->book;
    const uint8_t *text = hunt->text.at + place;
    int32_t row = w * SIGNS, left = hunt->text.size - place;
    uint64_t maybe = hunt->open[w] & book->starts[0][row + text[0]];
    if (place > 0) maybe &= ~book->refuses[row + text[-1]];
    for (int32_t k = 1; k < LEADS; k++)
        if (k < left) maybe &= book->starts[k][row + text[k]];
    for (int32_t k = 0; k < FARS; k++)
        maybe &= FAR_PLACES[k] < left ? book->fars[k][row + text[FAR_PLACES[k]]] : book->over[k][w];
    return maybe;
}

/* Tries those rules of one word of `open` that can begin at `place`. */
static int try_place(const Hunt *hunt, int32_t w, int32_t place, int32_t *places, int64_t *steps,
                     Candidates *found)
{
    const Book *book = hunt->book;
    Text text = hunt->text;
    uint64_t maybe = beginning_at(hunt, w, place);
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
        if (can_begin(book, text, number, i)) {
            int status = attempt(book, number, text, i, found, steps, &resume);
            if (status != NONE) return status;
        }
        i = resume;
    }
    return NONE;
}
