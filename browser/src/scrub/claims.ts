/** The stretches of a text that rules have taken so far. */

import { countUpTo } from "./text";

/** Stretches in order of their begin, then of their end. */
export class Claims {
  #starts: number[] = [];
  #ends: number[] = [];
  /** What the last question was answered: the next one is mostly about what follows. */
  #last = 0;

  add(start: number, end: number): void {
    const starts = this.#starts;
    const ends = this.#ends;
    const size = starts.length;
    if (!size || (starts[size - 1] as number) < start) {
      starts.push(start);
      ends.push(end);
      return;
    }
    let at = countUpTo(starts, start, this.#last);
    while (at > 0 && starts[at - 1] === start && (ends[at - 1] as number) > end) at--;
    this.#last = at;
    if (at === starts.length) {
      starts.push(start);
      ends.push(end);
    } else {
      starts.splice(at, 0, start);
      ends.splice(at, 0, end);
    }
  }

  /** Whether the last stretch that begins at or before `start` reaches to `end`. */
  cover(start: number, end: number): boolean {
    const size = this.#starts.length;
    if (!size) return false;
    const isBehindAll = (this.#starts[size - 1] as number) <= start;
    this.#last = isBehindAll ? size : countUpTo(this.#starts, start, this.#last);
    return this.#last > 0 && (this.#ends[this.#last - 1] as number) >= end;
  }
}
