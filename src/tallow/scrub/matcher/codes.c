/* Makes code quicker to run: jumps are followed once, and choices know the signs they begin with. */
#include "codes.h"

enum { ANY = -1, DEEPEST = 200 };         /* ANY: the way may take no sign at all */

/* How many numbers the instruction at `pc` has, or 0: there is none like it. */
static int32_t length_of(const Book *book, int32_t pc)
{
    const int32_t *code = book->code + pc;
    static const uint8_t LENGTHS[] = {
        [MATCH] = 1, [SET] = 2, [REP] = 4, [LAZY] = 4, [SPLIT] = 5, [JUMP] = 2, [SAVE] = 2, [SWITCH] = 2,
        [BEGIN] = 1, [END] = 1, [LOOK] = 3, [BEHIND] = 3, [EDGE] = 1, [TEXT] = 2,
        [LOOP] = 6, [KEEP] = 4,
    };
    if (code[0] < MATCH || code[0] > KEEP) return 0;
    int32_t length = LENGTHS[code[0]], options = 0;
    if (pc + length > book->n_code) return 0;
    if (code[0] == TEXT) return length + code[1];
    if (code[0] != SWITCH) return length;
    for (int32_t sign = 0; sign < SIGNS; sign++)
        if (book->tables[code[1]][sign] > options) options = book->tables[code[1]][sign];
    return length + options;
}

/* Where code that begins at `pc` really begins. */
static int32_t landing(const Book *book, int32_t pc)
{
    for (int32_t i = 0; i < DEEPEST && book->code[pc] == JUMP; i++) pc = book->code[pc + 1];
    return pc;
}

static void unite(Set *set, const Set *other)
{
    for (int32_t i = 0; i < SIGNS / 64; i++) set->bits[i] |= other->bits[i];
}

static void add_sign(Set *set, int32_t sign) { set->bits[(sign & 255) >> 6] |= (uint64_t)1 << (sign & 63); }

/* Adds the signs code at `pc` can begin with; false: it may take none, or it cannot be told. */
static bool add_firsts(const Book *book, int32_t pc, int32_t depth, Set *signs)
{
    const int32_t *code = book->code;
    for (; depth < DEEPEST; depth++) {
        switch (code[pc]) {
        case SET:
            unite(signs, &book->sets[code[pc + 1]]);
            return true;
        case REP: case KEEP: case LAZY:
            unite(signs, &book->sets[code[pc + 1]]);
            if (code[pc + 2] > 0) return true;
            pc += 4;
            break;
        case LOOP:                        /* at least one turn, with or without a joint */
            if (code[pc + 2] > 0) unite(signs, &book->sets[code[pc + 1]]);
            unite(signs, &book->sets[code[pc + 3]]);
            return true;
        case TEXT:
            add_sign(signs, code[pc + 2]);
            add_sign(signs, code[pc + 2] >> 8);
            return true;
        case SWITCH:
            for (int32_t sign = 0; sign < SIGNS; sign++)
                if (book->tables[code[pc + 1]][sign]) add_sign(signs, sign);
            return true;
        case SPLIT:
            if (!add_firsts(book, code[pc + 1], depth + 1, signs)) return false;
            pc = code[pc + 2];
            break;
        case JUMP: pc = code[pc + 1]; break;
        case SAVE: pc += 2; break;
        case BEGIN: case EDGE: pc++; break;
        case BEHIND: pc += 3; break;
        default: return false;
        }
    }
    return false;
}

/* Whether none of the signs of a repeat can begin what follows it. */
static bool is_apart(const Book *book, int32_t pc)
{
    const Set *own = &book->sets[book->code[pc + 1]];
    Set next = {{0}};
    uint64_t shared = 0;
    if (!add_firsts(book, pc + 4, 0, &next)) return false;
    for (int32_t i = 0; i < SIGNS / 64; i++) shared |= own->bits[i] & next.bits[i];
    return shared == 0;
}

/* Lets a switch take its sign where what it leads to does no more than ask for it again. */
static void take_signs(Book *book, int32_t pc)
{
    int32_t *code = book->code;
    const uint8_t *table = book->tables[code[pc + 1]];
    for (int32_t i = pc + 2, end = pc + length_of(book, pc); i < end; i++) {
        int32_t to = code[i], option = i - pc - 1;
        bool fits = code[to] == SET;
        for (int32_t sign = 0; fits && sign < SIGNS; sign++)
            if (table[sign] == option) fits = is_member(&book->sets[code[to + 1]], (uint8_t)sign);
        if (fits) code[i] = ~landing(book, to + 2);
    }
}

/* The number of the set of signs a way can begin with, or ANY. */
static int32_t firsts_of(Book *book, int32_t pc, int32_t *room)
{
    Set signs = {{0}};
    if (!add_firsts(book, pc, 0, &signs)) return ANY;
    for (int32_t i = 0; i < book->n_sets; i++)
        if (memcmp(&book->sets[i], &signs, sizeof signs) == 0) return i;
    if (book->n_sets == *room) {
        Set *larger = realloc(book->sets, sizeof *larger * (size_t)*room * 2);
        if (larger == NULL) return ANY;   /* it only takes longer then */
        book->sets = larger;
        *room *= 2;
    }
    book->sets[book->n_sets] = signs;
    return book->n_sets++;
}

bool prepare_code(Book *book)
{
    int32_t *code = book->code, room = book->n_sets + 1;
    for (int32_t pc = 0, length; pc < book->n_code; pc += length) {
        length = length_of(book, pc);
        if (length == 0 || length > book->n_code - pc) return false;
        if (code[pc] == SPLIT) {
            code[pc + 3] = firsts_of(book, code[pc + 1], &room);
            code[pc + 4] = firsts_of(book, code[pc + 2], &room);
        }
        if (code[pc] == REP && is_apart(book, pc)) code[pc] = KEEP;
        int32_t first = code[pc] == SWITCH ? pc + 2 : pc + 1;
        int32_t last = code[pc] == SWITCH ? pc + length : code[pc] == SPLIT ? pc + 3 : code[pc] == JUMP ? pc + 2 : 0;
        for (int32_t i = first; i < last; i++) code[i] = landing(book, code[i]);
        if (code[pc] == SWITCH) take_signs(book, pc);
        if (code[pc] == JUMP && code[code[pc + 1]] == MATCH) code[pc] = MATCH;
    }
    return true;
}
