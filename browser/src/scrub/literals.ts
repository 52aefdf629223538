/** What one pass over a text tells: which rules can find anything, and where long tokens stand. */

import type { Rule } from "./rules";
import { Needle, Opening, Starts } from "./starts";

/** The rules to try on a text, in order, and where its long runs of token signs begin and end. */
export interface Outlook {
  rules: Rule[];
  runs: number[];
  /** Where a rule with windows can match; nothing when another text has been looked at since. */
  startsOf: (rule: Rule) => Starts | undefined;
}

const ASCII = 128;
const LONG_RUN = 19;
const ROOM = 8192;
/** Every sign is of one of 64 kinds; capitals and small letters are of the same. */
const KINDS = 64;
const IS_TOKEN = 64;
const IS_DIGIT = 128;
const OTHER = 0;
const SIGNS = Uint8Array.from({ length: ASCII }, (_, code) => {
  const sign = String.fromCharCode(code);
  if (/[A-Za-z]/.test(sign)) return (code & 31) + IS_TOKEN;
  if (/[0-9]/.test(sign)) return code + IS_TOKEN + IS_DIGIT;
  return (code < 64 ? code | 32 : (code & 31) | 32) + (/[+/_-]/.test(sign) ? IS_TOKEN : 0);
});

/** Literals that begin alike, and the kinds of signs that can come fourth. */
interface Beginning {
  fourth: Int32Array;
  needles: Needle[];
}

/** Looks for all literals at once, by the kinds of their first three signs. */
export class Candidates {
  /** Rules without literals, as bits. */
  #always: Int32Array;
  /** Which three kinds in a row begin a literal, as bits, and the literals that begin so. */
  #beginnings = new Int32Array((KINDS * KINDS * KINDS) / 32);
  #needles = new Map<number, Beginning>();
  /** Literals of one sign, or of any beyond ASCII. */
  #singles: Needle[] = [];
  #look = new Look();
  /** The literals of the last text. */
  #standing: Needle[] = [];
  /** Counts the texts. */
  #turn = 0;

  constructor(private readonly rules: readonly Rule[]) {
    this.#always = new Int32Array((rules.length + 31) >> 5);
    const needles = new Map<string, Needle>();
    const needleOf = (text: string): Needle => {
      const needle = needles.get(text) ?? new Needle(text);
      needles.set(text, needle);
      return needle;
    };
    for (const { needs, windows, rank, lead } of rules) {
      if (!needs.length && !windows.length) addBit(this.#always, rank);
      for (const need of needs) needleOf(need).owners.push(rank);
      const openings = windows.map(([need, kind]) => new Opening(needleOf(need), rank, kind, lead === 0));
      if (!needs.length) for (const { needle } of openings) needle.owners.push(rank);
    }
    for (const needle of needles.values()) this.#add(needle);
  }

  #add(needle: Needle): void {
    const { text } = needle;
    if (text.length === 1) {
      this.#singles.push(needle);
      return;
    }
    const two = (kindOf(text.charCodeAt(0)) * KINDS + kindOf(text.charCodeAt(1))) * KINDS;
    // After a literal of two signs anything may stand.
    const third = text.length > 2 ? kindOf(text.charCodeAt(2)) : 0;
    const last = text.length > 2 ? third : KINDS - 1;
    for (let beginning = two + third; beginning <= two + last; beginning++) {
      addBit(this.#beginnings, beginning);
      const known = this.#needles.get(beginning) ?? { fourth: new Int32Array(KINDS / 32), needles: [] };
      this.#needles.set(beginning, known);
      known.needles.push(needle);
      if (text.length > 3) addBit(known.fourth, kindOf(text.charCodeAt(3)));
      else known.fourth.fill(-1);
    }
  }

  /** What `text` can hold. */
  of(text: string): Outlook {
    const met = this.#always.slice();
    const turn = ++this.#turn;
    const standing: Needle[] = [];
    this.#standing = standing;
    const look = this.#look;
    look.over(text, this.#beginnings);
    for (let number = 0; number < look.count; number++) {
      this.#meet(look.kinds[number] as number, text, look.places[number] as number, met);
    }
    for (const { text: sign, owners } of this.#singles) {
      if (look.seen[sign.charCodeAt(0)]) for (const rank of owners) addBit(met, rank);
    }
    const startsOf = ({ rank }: Rule): Starts | undefined =>
      turn === this.#turn ? new Starts(rank, standing, text) : undefined;
    return { rules: this.#chosen(met, look.longest, look.digits), runs: look.runs, startsOf };
  }

  /** Adds the rules of literals that stand at `at`. */
  #meet(beginning: number, text: string, at: number, met: Int32Array): void {
    const turn = this.#turn;
    const known = this.#needles.get(beginning);
    const fourth = at + 3 < text.length ? kindOf(text.charCodeAt(at + 3)) : OTHER;
    if (!known || !hasBit(known.fourth, fourth)) return;
    for (const needle of known.needles) {
      if (needle.isDone(turn) || !standsAt(text, at, needle.text)) continue;
      for (const rank of needle.owners) addBit(met, rank);
      if (needle.turn !== turn && needle.openings.size) this.#standing.push(needle);
      needle.add(at, turn);
    }
  }

  #chosen(met: Int32Array, longest: number, digits: number): Rule[] {
    const chosen: Rule[] = [];
    for (let word = 0; word < met.length; word++) {
      for (let bits = met[word] as number; bits; bits &= bits - 1) {
        const rule = this.rules[word * 32 + 31 - Math.clz32(bits & -bits)] as Rule;
        if (rule.stretch <= longest && rule.digits <= digits) chosen.push(rule);
      }
    }
    return chosen;
  }
}

/** One look at each sign of a text: a small loop, which is compiled soon. */
class Look {
  /** Where a literal may begin, and the kinds of its first three signs. */
  places = new Int32Array(ROOM);
  kinds = new Int32Array(ROOM);
  count = 0;
  /** By code: which signs there were; those beyond ASCII as one. */
  readonly seen = new Uint8Array(ASCII + 1);
  runs: number[] = [];
  longest = 0;
  digits = 0;

  over(text: string, beginnings: Int32Array): void {
    // Bundlers make variables of constants; here each look-up counts.
    const signs = SIGNS;
    const seen = this.seen.fill(0);
    const size = text.length;
    if (size >= this.places.length) [this.places, this.kinds] = [new Int32Array(size + 1), new Int32Array(size + 1)];
    const { places, kinds } = this;
    const runs: number[] = [];
    let [count, three, longest, digits, begin] = [0, 0, 0, 0, 0];
    // One step more than signs: a run ends, and a literal of two signs has something behind it.
    for (let at = 0; at <= size; at++) {
      const code = at < size ? text.charCodeAt(at) : 0;
      let sign = OTHER;
      if (code < ASCII) {
        sign = signs[code] as number;
        seen[code] = 1;
      } else {
        seen[ASCII] = 1;
      }
      digits += sign >> 7;
      if (!(sign & IS_TOKEN)) {
        const run = at - begin;
        if (run > longest) longest = run;
        if (run >= LONG_RUN) runs.push(begin, at);
        begin = at + 1;
      }
      three = ((three << 6) | (sign & (KINDS - 1))) & (KINDS * KINDS * KINDS - 1);
      if (hasBit(beginnings, three)) {
        places[count] = at - 2;
        kinds[count++] = three;
      }
    }
    Object.assign(this, { count, longest, digits, runs });
  }
}

function kindOf(code: number): number {
  return code < ASCII ? (SIGNS[code] as number) & (KINDS - 1) : OTHER;
}

/** Whether `literal` stands there, its letters small or capital. */
function standsAt(text: string, at: number, literal: string): boolean {
  if (at < 0 || at + literal.length > text.length) return false;
  for (let place = 0; place < literal.length; place++) {
    const code = text.charCodeAt(at + place);
    const wanted = literal.charCodeAt(place);
    if (code !== wanted && (wanted < 97 || wanted > 122 || code !== wanted - 32)) return false;
  }
  return true;
}

function addBit(bits: Int32Array, number: number): void {
  bits[number >> 5] = (bits[number >> 5] as number) | (1 << (number & 31));
}

function hasBit(bits: Int32Array, number: number): boolean {
  return (((bits[number >> 5] as number) >> (number & 31)) & 1) > 0;
}
