/* The code of patterns; `codes.py` has the same numbers. */
#ifndef TALLOW_CODES_H
#define TALLOW_CODES_H

#include "book.h"

enum { MATCH, SET, REP, LAZY, SPLIT, JUMP, SAVE, SWITCH, BEGIN, END, LOOK, BEHIND, EDGE, TEXT, LOOP };
enum { KEEP = LOOP + 1 };                 /* REP that gives nothing back: what follows could not begin there */

#endif
