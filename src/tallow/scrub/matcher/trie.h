/* A set of words read from their ends: who walks a name from the right meets all it ends with. */
#ifndef TALLOW_TRIE_H
#define TALLOW_TRIE_H

#include <stdbool.h>
#include <stdint.h>

#define CODES 37 /* letters are 1 to 26, digits 27 to 36 */

/* A place in a walk: the next one is `base` and the sign's code on, if `parent` is this one. */
typedef struct { int32_t base, parent, fact; } Cell;

/* While it grows: a tree of brothers. */
typedef struct { int32_t child, brother, fact, cell; uint8_t code; } Node;

typedef struct {
    Cell *cells;                          /* the first is where walks begin */
    int32_t n_cells;
    Node *nodes;
    int32_t n_nodes, room;
} Trie;

/* The code of a letter of any case or a digit; 0: another sign. */
extern const uint8_t SIGN_CODES[128];

/* Where the walk goes on with a sign's code, or -1. */
static inline int32_t next_cell(const Trie *trie, int32_t cell, uint8_t code)
{
    int32_t next = trie->cells[cell].base + code;
    return trie->cells[next].parent == cell ? next : -1;
}

/* The number of a fact about what ends there, to be read and set; -1: none yet. NULL: no memory. */
int32_t *fact_of(Trie *trie, const uint8_t *at, int32_t size);

/* Makes the cells of what has grown; no more can be added then. */
bool pack(Trie *trie);
void free_trie(Trie *trie);

#endif
