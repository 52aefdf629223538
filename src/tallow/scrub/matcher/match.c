/* A small backtracking matcher over programs that `programs.py` writes from patterns. */
#include "codes.h"

#define STACK 2048

typedef struct { int32_t kind, pc, pos, low; } Back;

/* Whether a sign is one of the two of a text in the code: a letter in either case. */
static bool is_either(int32_t two, uint8_t sign) { return sign == (two & 255) || sign == two >> 8; }

static bool is_word(uint8_t sign) { return is_alnum(sign) || sign == '_'; }

/* Whether the sign at `pos` is one of a set; the set -1 asks for none. */
static inline bool may_begin(const Book *book, int32_t set, const uint8_t *text, int32_t size, int32_t pos)
{
    return set < 0 || (pos < size && in_set(book, set, text[pos]));
}

int run(const Book *book, int32_t pc, const uint8_t *text, int32_t size, int32_t pos, bool to_end,
        int32_t *end, int32_t *caps, int32_t n_caps, int64_t *steps)
{
    Back stack[STACK];
    int32_t top = 0;
    const int32_t *code = book->code;
    for (int32_t i = 0; i < n_caps; i++) caps[i] = -1;
    for (;;) {
        if (--*steps < 0) return COSTLY;
        switch (code[pc]) {
        case MATCH:
            if (to_end && pos != size) break;
            *end = pos;
            return FOUND;
        case SET:
            if (pos < size && in_set(book, code[pc + 1], text[pos])) { pos++; pc += 2; continue; }
            break;
        case REP: case KEEP: {
            const Set *set = &book->sets[code[pc + 1]];
            int32_t low = pos + code[pc + 2];
            int64_t high = (int64_t)pos + code[pc + 3];
            int32_t most = high < size ? (int32_t)high : size;
            int32_t at = pos;
            while (at < most && is_member(set, text[at])) at++;
            if (at < low) break;
            *steps -= (at - pos) / 16;
            pc += 4;
            if (at > low && code[pc - 4] == REP) {
                if (top >= STACK) return COSTLY;
                stack[top++] = (Back){REP, pc, at - 1, low};
            }
            pos = at;
            continue;
        }
        case LAZY: {
            const Set *set = &book->sets[code[pc + 1]];
            int32_t least = code[pc + 2];
            int32_t at = pos;
            while (at < size && at - pos < least && is_member(set, text[at])) at++;
            if (at - pos < least) break;
            if (code[pc + 3] > least) {
                if (top >= STACK) return COSTLY;
                stack[top++] = (Back){LAZY, pc, at, code[pc + 3] - least};
            }
            pos = at;
            pc += 4;
            continue;
        }
        case SPLIT: /* a way that cannot begin with the next sign is not taken, or not kept */
            if (!may_begin(book, code[pc + 3], text, size, pos)) { pc = code[pc + 2]; continue; }
            if (may_begin(book, code[pc + 4], text, size, pos)) {
                if (top >= STACK) return COSTLY;
                stack[top++] = (Back){SPLIT, code[pc + 2], pos, 0};
            }
            pc = code[pc + 1];
            continue;
        case JUMP:
            pc = code[pc + 1];
            continue;
        case SAVE:
            if (code[pc + 1] < n_caps) {
                if (top >= STACK) return COSTLY;
                stack[top++] = (Back){SAVE, code[pc + 1], caps[code[pc + 1]], 0};
                caps[code[pc + 1]] = pos;
            }
            pc += 2;
            continue;
        case SWITCH: {
            uint8_t option = pos < size ? book->tables[code[pc + 1]][text[pos]] : 0;
            if (option == 0) break;
            pc = code[pc + 1 + option];
            if (pc < 0) { pc = ~pc; pos++; } /* the sign is taken */
            continue;
        }
        case BEGIN:
            if (pos == 0) { pc++; continue; }
            break;
        case END:
            if (pos == size || (pos == size - 1 && text[pos] == '\n')) { pc++; continue; }
            break;
        case LOOK: { /* code: whether it must fail, where to go on; then what to look for */
            int32_t seen;
            int status = run(book, pc + 3, text, size, pos, false, &seen, NULL, 0, steps);
            if (status == COSTLY) return COSTLY;
            if ((status == FOUND) != (code[pc + 1] != 0)) { pc = code[pc + 2]; continue; }
            break;
        }
        case BEHIND:
            if ((pos > 0 && in_set(book, code[pc + 2], text[pos - 1])) != (code[pc + 1] != 0)) {
                pc += 3;
                continue;
            }
            break;
        case TEXT: {
            int32_t length = code[pc + 1], k = 0;
            if (length > size - pos) break;
            while (k < length && is_either(code[pc + 2 + k], text[pos + k])) k++;
            if (k < length) break;
            pos += length;
            pc += 2 + length;
            continue;
        }
        case LOOP: { /* the signs of the two sets are apart: there is one way to take them */
            const Set *joints = &book->sets[code[pc + 1]], *signs = &book->sets[code[pc + 3]];
            int32_t width = code[pc + 2], least = code[pc + 4], most = code[pc + 5], turns = 0;
            for (int32_t at = pos; turns < most; turns++, pos = ++at) {
                int32_t furthest = size - at > width ? at + width : size;
                while (at < furthest && is_member(joints, text[at])) at++;
                if (at >= size || !is_member(signs, text[at])) break;
            }
            *steps -= turns / 8;
            if (turns < least) break;
            pc += 6;
            if (turns > least) {
                if (top >= STACK) return COSTLY;
                stack[top++] = (Back){LOOP, pc, pos, turns - least};
            }
            continue;
        }
        case EDGE:
            if ((pos > 0 && is_word(text[pos - 1])) != (pos < size && is_word(text[pos]))) {
                pc++;
                continue;
            }
            break;
        default:
            return COSTLY;
        }
        /* This way does not lead on: take back the last choice. */
        for (;;) {
            if (top == 0) return NONE;
            Back *back = &stack[top - 1];
            if (back->kind == SAVE) {
                caps[back->pc] = back->pos;
                top--;
                continue;
            }
            if (back->kind == SPLIT) {
                pc = back->pc;
                pos = back->pos;
                top--;
                break;
            }
            if (back->kind == LOOP) { /* one turn less: behind the last sign before its joints */
                const Set *joints = &book->sets[code[back->pc - 5]];
                back->pos--;
                while (is_member(joints, text[back->pos - 1])) back->pos--;
                pc = back->pc;
                pos = back->pos;
                if (--back->low == 0) top--;
                break;
            }
            if (back->kind == REP) {
                pc = back->pc;
                pos = back->pos;
                if (code[pc] == SET) { /* go straight back to where the next sign fits */
                    const Set *set = &book->sets[code[pc + 1]];
                    while (pos >= back->low && !(pos < size && is_member(set, text[pos]))) { pos--; }
                    *steps -= (back->pos - pos) / 16;
                    if (pos < back->low) { top--; continue; }
                } else if (code[pc] == TEXT) {
                    while (pos >= back->low && !(pos < size && is_either(code[pc + 2], text[pos]))) pos--;
                    *steps -= (back->pos - pos) / 16;
                    if (pos < back->low) { top--; continue; }
                }
                if (pos > back->low) back->pos = pos - 1; else top--;
                break;
            }
            /* LAZY: one sign more, if it fits */
            if (back->low > 0 && back->pos < size
                && in_set(book, code[back->pc + 1], text[back->pos])) {
                back->pos++;
                back->low--;
                pos = back->pos;
                pc = back->pc + 4;
                break;
            }
            top--;
        }
    }
}

/* Runs one pattern of the checks; too costly ends the whole job. */
static bool try_at(Job *job, const Program *program, Text text, int32_t place, int32_t limit,
                   bool to_end, Match *match)
{
    int status = run(job->book, program->code, text.at, limit, place, to_end, &match->end,
                     match->groups, 2 * GROUPS, &job->steps);
    match->start = place;
    if (status == COSTLY) job->has_failed = true;
    return status == FOUND;
}

static int32_t within(Text text, int32_t limit) { return limit < text.size ? limit : text.size; }

bool match_at(Job *job, PatternName name, int32_t place, int32_t limit, Match *match)
{
    const Program *program = &job->book->patterns[name];
    limit = within(job->text, limit);
    if (place > limit) return false;
    if (program->first >= 0
        && !(place < limit && in_set(job->book, program->first, job->text.at[place]))) return false;
    return try_at(job, program, job->text, place, limit, false, match);
}

bool search(Job *job, PatternName name, int32_t place, int32_t limit, Match *match)
{
    const Program *program = &job->book->patterns[name];
    const Set *set = program->first >= 0 ? &job->book->sets[program->first] : NULL;
    limit = within(job->text, limit);
    for (; place <= limit && !job->has_failed; place++) {
        if (set) {
            while (place < limit && !is_member(set, job->text.at[place])) place++;
            if (place >= limit) return false;
        }
        if (try_at(job, program, job->text, place, limit, false, match)) return true;
    }
    return false;
}

bool is_full_match_of(Job *job, PatternName name, Text text)
{
    Match match;
    const Program *program = &job->book->patterns[name];
    if (program->first >= 0
        && !(text.size > 0 && in_set(job->book, program->first, text.at[0]))) return false;
    return try_at(job, program, text, 0, text.size, true, &match);
}

bool is_full_match(Job *job, PatternName name, int32_t start, int32_t end)
{
    Match match;
    const Program *program = &job->book->patterns[name];
    if (program->first >= 0
        && !(start < end && in_set(job->book, program->first, job->text.at[start]))) return false;
    return try_at(job, program, job->text, start, end, true, &match);
}

bool search_near(Job *job, const Options *options, int32_t place, int32_t limit)
{
    const Program program = {options->near, -1};
    const Set *set = &job->book->sets[options->near_first];
    Match match;
    limit = within(job->text, limit);
    for (int32_t at = place; at < limit && !job->has_failed; at++) {
        /* a word begins the text, or a sign that was looked at and is of no word is before it */
        if (!is_member(set, job->text.at[at])) continue;
        if (at > place ? is_alnum(job->text.at[at - 1]) : at > 0) continue;
        if (try_at(job, &program, job->text, at, limit, false, &match)) return true;
    }
    return false;
}
