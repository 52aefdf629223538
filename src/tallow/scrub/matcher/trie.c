/* A set of words read from their ends, laid out so that each sign costs one look (double array). */
#include <stdlib.h>

#include "trie.h"

enum { FREE = -1, FIRST = -2 };           /* parents that are none */

#define LETTERS 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26

const uint8_t SIGN_CODES[128] = {
    ['0'] = 27, 28, 29, 30, 31, 32, 33, 34, 35, 36,
    ['A'] = LETTERS,
    ['a'] = LETTERS,
};

/* A new node, or -1. */
static int32_t grown(Trie *trie, uint8_t code)
{
    if (trie->n_nodes == trie->room) {
        int32_t room = trie->room ? trie->room * 2 : 1024;
        Node *larger = realloc(trie->nodes, sizeof *larger * (size_t)room);
        if (larger == NULL) return -1;
        trie->nodes = larger;
        trie->room = room;
    }
    trie->nodes[trie->n_nodes] = (Node){-1, -1, -1, 0, code};
    return trie->n_nodes++;
}

/* The child of a node by a code, made if there is none. */
static int32_t child_of(Trie *trie, int32_t node, uint8_t code)
{
    int32_t child = trie->nodes[node].child;
    while (child >= 0 && trie->nodes[child].code != code) child = trie->nodes[child].brother;
    if (child >= 0 || (child = grown(trie, code)) < 0) return child;
    trie->nodes[child].brother = trie->nodes[node].child;
    trie->nodes[node].child = child;
    return child;
}

int32_t *fact_of(Trie *trie, const uint8_t *at, int32_t size)
{
    int32_t node = 0;
    if (trie->n_nodes == 0 && grown(trie, 0) < 0) return NULL;
    for (int32_t i = size - 1; node >= 0 && i >= 0; i--)
        node = child_of(trie, node, SIGN_CODES[at[i]]);
    return node < 0 ? NULL : &trie->nodes[node].fact;
}

/* Sees to it that there are cells up to any code behind `base`. */
static bool reach(Trie *trie, int32_t base, int32_t *room)
{
    while (base + CODES > *room) {
        int32_t more = *room ? *room * 2 : 4096;
        Cell *larger = realloc(trie->cells, sizeof *larger * (size_t)more);
        if (larger == NULL) return false;
        for (int32_t i = *room; i < more; i++) larger[i] = (Cell){0, FREE, -1};
        trie->cells = larger;
        *room = more;
    }
    return true;
}

/* Whether the children of a node find free cells behind `base`. */
static bool has_place(const Trie *trie, const Node *node, int32_t base)
{
    for (int32_t child = node->child; child >= 0; child = trie->nodes[child].brother)
        if (trie->cells[base + trie->nodes[child].code].parent != FREE) return false;
    return true;
}

/* Gives the children of a node their cells. */
static void settle_children(Trie *trie, const Node *node, int32_t base)
{
    trie->cells[node->cell].base = base;
    for (int32_t number = node->child; number >= 0; number = trie->nodes[number].brother) {
        Node *child = &trie->nodes[number];
        child->cell = base + child->code;
        trie->cells[child->cell] = (Cell){0, node->cell, child->fact};
    }
}

bool pack(Trie *trie)
{
    int32_t room = 0, lowest = 1;         /* cells below `lowest` are taken */
    if ((trie->n_nodes == 0 && grown(trie, 0) < 0) || !reach(trie, 0, &room)) return false;
    trie->cells[0] = (Cell){0, FIRST, trie->nodes[0].fact};
    for (int32_t number = 0; number < trie->n_nodes; number++) { /* parents come before children */
        const Node *node = &trie->nodes[number];
        if (node->child < 0) continue;
        while (lowest < room && trie->cells[lowest].parent != FREE) lowest++;
        int32_t base = lowest < CODES ? 0 : lowest - CODES + 1;
        for (;; base++) {
            if (!reach(trie, base, &room)) return false;
            if (has_place(trie, node, base)) break;
        }
        settle_children(trie, node, base);
    }
    trie->n_cells = room;
    free(trie->nodes);
    trie->nodes = NULL;
    trie->n_nodes = trie->room = 0;
    return true;
}

void free_trie(Trie *trie)
{
    free(trie->cells);
    free(trie->nodes);
}
