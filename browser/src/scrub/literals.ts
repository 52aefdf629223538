/** Which rules can find anything in a text: one pass over it looks for the literals they need. */

import type { Rule } from "./rules";

interface Needle {
  text: string;
  owners: number[];
}

const SIGNS = 128;
/** Which signs tokens are made of, and which of those are digits: 1 and 3. */
const KINDS = new Uint8Array(SIGNS);
for (const sign of "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz+/_-") KINDS[sign.charCodeAt(0)] = 1;
for (const sign of "0123456789") KINDS[sign.charCodeAt(0)] = 3;

/** Looks for all literals at once, by their first two signs. */
export class Candidates {
  #always: Rule[] = [];
  /** By two signs, or one: the number of a bucket of needles that begin so; 0 for none. */
  #pairs = new Uint16Array(SIGNS * SIGNS);
  #signs = new Uint16Array(SIGNS);
  #buckets: Needle[][] = [[]];
  /** In which text a rule was met last, so that nothing has to be cleared. */
  #met: Uint32Array;
  #text = 0;

  constructor(private readonly rules: readonly Rule[]) {
    this.#met = new Uint32Array(rules.length);
    const needles = new Map<string, Needle>();
    for (const rule of rules) {
      if (!rule.needs.length) {
        this.#always.push(rule);
        continue;
      }
      for (const need of rule.needs) {
        const needle = needles.get(need) ?? { text: need, owners: [] };
        needle.owners.push(rule.rank);
        needles.set(need, needle);
      }
    }
    for (const needle of needles.values()) this.#add(needle);
  }

  #add(needle: Needle): void {
    const first = needle.text.charCodeAt(0);
    const isSingle = needle.text.length === 1;
    const table = isSingle ? this.#signs : this.#pairs;
    const place = isSingle ? first : first * SIGNS + needle.text.charCodeAt(1);
    const number = table[place] || this.#buckets.push([]) - 1;
    table[place] = number;
    this.#buckets[number]?.push(needle);
  }

  /** The rules to try on `text`, in order. */
  of(text: string): Rule[] {
    this.#text += 1;
    const lowered = text.toLowerCase();
    const wanted = this.#always.slice();
    const [pairs, signs] = [this.#pairs, this.#signs];
    let longest = 0;
    let stretch = 0;
    let digits = 0;
    let before = SIGNS;
    for (let at = 0; at < lowered.length; at++) {
      const code = lowered.charCodeAt(at);
      if (code >= SIGNS) {
        before = SIGNS;
        stretch = 0;
        continue;
      }
      const kind = KINDS[code] as number;
      stretch = kind ? stretch + 1 : 0;
      if (stretch > longest) longest = stretch;
      if (kind === 3) digits += 1;
      if (signs[code]) this.#meet(signs[code] as number, lowered, at, wanted);
      const pair = before < SIGNS ? pairs[before * SIGNS + code] : 0;
      if (pair) this.#meet(pair, lowered, at - 1, wanted);
      before = code;
    }
    return wanted
      .filter((rule) => rule.stretch <= longest && rule.digits <= digits)
      .sort((one, other) => one.rank - other.rank);
  }

  #meet(bucket: number, lowered: string, at: number, wanted: Rule[]): void {
    for (const needle of this.#buckets[bucket] ?? []) {
      if (this.#met[needle.owners[0] ?? 0] === this.#text && needle.owners.length === 1) continue;
      if (!lowered.startsWith(needle.text, at)) continue;
      for (const owner of needle.owners) {
        const rule = this.rules[owner];
        if (!rule || this.#met[owner] === this.#text) continue;
        this.#met[owner] = this.#text;
        wanted.push(rule);
      }
    }
  }
}
