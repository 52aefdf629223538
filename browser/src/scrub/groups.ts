/** Groups of digits in a text, and where something that begins with them can begin. */

/** Places in order; there may be more if not all of them are known. */
export interface Places {
  at: readonly number[];
  areAll: boolean;
}

/** What all matches of a rule begin with: so many digits, at most `far` signs from where they begin. */
export interface Lead {
  far: number;
  count: number;
  /** What they can begin with, and what does not stand before them: ASCII signs by code. */
  first: Uint8Array;
  before: Uint8Array;
}

const ASCII = 128;
/** So many groups are kept, and so many digits make one worth it. */
const MOST = 512;
const LEAST = 2;
/** Rules for numbers are looked for together when they begin with so many digits. */
export const MANY_DIGITS = 5;
const WIDEST_JOINT = 3;

/** What can stand between digits that belong together. */
function isJoint(code: number): boolean {
  return code >= ASCII || code === 32 || code === 40 || code === 41 || code === 43 || (code >= 45 && code <= 47);
}

/** Collects the groups of digits, each with the number of those in it and joined to it. */
export class Groups {
  readonly #at = new Int32Array(MOST);
  readonly #rest = new Int32Array(MOST);
  #count = 0;
  /** The numbers of those with many digits. */
  readonly #long = new Int32Array(MOST);
  #longCount = 0;
  /** The first group of the present row. */
  #first = 0;
  #text = "";
  /** Whether all groups are known, and the most digits that go together. */
  areAll = true;
  most = 0;

  of(text: string): this {
    this.#text = text;
    this.#count = this.#longCount = this.#first = 0;
    this.areAll = true;
    this.most = 0;
    return this;
  }

  /** Notes a group at `at`, behind `digits` digits that end at `last`. */
  add(at: number, last: number, digits: number): void {
    if (!this.#isJoined(at, last)) this.close(digits);
    const count = this.#count;
    if (count === MOST) {
      this.areAll = false;
      this.most = Infinity;
      return;
    }
    this.#at[count] = at;
    this.#rest[count] = digits;
    this.#count = count + 1;
  }

  /** Ends a row of groups, behind `digits` digits. */
  close(digits: number): void {
    const rest = this.#rest;
    let kept = this.#first;
    if (kept < this.#count) this.most = Math.max(this.most, digits - (rest[kept] as number));
    for (; kept < this.#count; kept++) {
      const own = digits - (rest[kept] as number);
      if (own < LEAST) break;
      rest[kept] = own;
      if (own >= MANY_DIGITS) this.#long[this.#longCount++] = kept;
    }
    this.#count = this.#first = kept;
  }

  #isJoined(at: number, last: number): boolean {
    if (at - last > WIDEST_JOINT) return false;
    for (let place = last; place < at; place++) if (!isJoint(this.#text.charCodeAt(place))) return false;
    return true;
  }

  /** Where a match with such a lead can begin. */
  startsOf({ far, count, first, before }: Lead): Places {
    const text = this.#text;
    const found: number[] = [];
    if (!this.areAll) return { at: found, areAll: false };
    let seen = 0;
    const isLong = count >= MANY_DIGITS;
    const most = isLong ? this.#longCount : this.#count;
    for (let at = 0; at < most; at++) {
      const number = isLong ? (this.#long[at] as number) : at;
      if ((this.#rest[number] as number) < count) continue;
      const place = this.#at[number] as number;
      for (let start = Math.max(place - far, seen); start <= place; start++) {
        if (has(first, text.charCodeAt(start)) && !(start && has(before, text.charCodeAt(start - 1)))) found.push(start);
      }
      seen = place + 1;
    }
    return { at: found, areAll: true };
  }
}

/** Whether a class has a sign; none knows those beyond ASCII. */
function has(signs: Uint8Array, code: number): boolean {
  return code < ASCII && (signs[code] as number) > 0;
}
