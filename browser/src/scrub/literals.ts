/** What one pass over a text tells: which rules can find anything, and where long tokens stand. */

import { Groups, type Places } from "./groups";
import type { Rule } from "./rules";
import { Needle, Opening, Starts } from "./starts";

/** The rules to try on a text, in order, and where its long runs of token signs begin and end. */
export interface Outlook {
  rules: Rule[];
  runs: number[];
  /** Where a rule with windows can match; nothing when another text has been looked at since. */
  startsOf: (rule: Rule) => Places | undefined;
  /** The same for anything that begins with digits. */
  groups: () => Groups | undefined;
}

const ASCII = 128;
const LONG_RUN = 19;
/** Every text is thought to have a run like this one: shorter ones are not measured. */
const LEAST_RUN = 3;
/** So many signs are looked at at once. */
const ROOM = 1024;
/** Every sign is of one of 64 kinds; capitals and small letters are of the same. */
const KINDS = 64;
const IS_TOKEN = 64;
const IS_DIGIT = 128;
const OTHER = 0;
/** The first of the bits that are each for a literal of one sign. */
const SINGLES = 8;
const MOST_SINGLES = 23;

/** By code what a sign is; the last is for all beyond ASCII. */
function signsFor(singles: readonly Needle[]): Int32Array {
  const signs = Int32Array.from({ length: ASCII + 1 }, (_, code) => (code < ASCII ? signOf(code) : OTHER));
  for (const [number, { text }] of singles.entries()) {
    const code = Math.min(text.charCodeAt(0), ASCII);
    signs[code] = (signs[code] as number) | (1 << (SINGLES + number));
  }
  return signs;
}

function signOf(code: number): number {
  const sign = String.fromCharCode(code);
  if (/[A-Za-z]/.test(sign)) return (code & 31) + IS_TOKEN;
  if (/[0-9]/.test(sign)) return code + IS_TOKEN + IS_DIGIT;
  return (code < 64 ? code | 32 : (code & 31) | 32) + (/[+/_-]/.test(sign) ? IS_TOKEN : 0);
}

/** Literals that begin alike, and the kinds of signs that can come fourth. */
interface Beginning {
  /** Bits of the kinds below 32, and of the others. */
  low: number;
  high: number;
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
  /** By rank of a rule, where its matches can begin. */
  #openings: Opening[][] = [];
  /** The literals of the last text that tell where matches begin. */
  #standing: Needle[] = [];
  #look: Look;
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
    for (const { needs, windows, rank, names } of rules) {
      if (!needs.length && !windows.length) addBit(this.#always, rank);
      for (const need of needs) needleOf(need).owners.push(rank);
      const openings = windows.map(([need, kind]) => new Opening(needleOf(need), rank, kind, names === 0));
      this.#openings.push(openings);
      if (!needs.length) for (const { needle } of openings) needle.owners.push(rank);
    }
    for (const needle of needles.values()) this.#add(needle);
    for (const { owners } of this.#singles.splice(MOST_SINGLES)) {
      for (const rank of owners) addBit(this.#always, rank);
    }
    this.#look = new Look(signsFor(this.#singles));
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
      const known = this.#needles.get(beginning) ?? { low: 0, high: 0, needles: [] };
      this.#needles.set(beginning, known);
      known.needles.push(needle);
      const fourth = text.length > 3 ? kindOf(text.charCodeAt(3)) : -1;
      if (fourth < 32) known.low |= fourth < 0 ? -1 : 1 << fourth;
      if (fourth < 0 || fourth > 31) known.high |= fourth < 0 ? -1 : 1 << (fourth & 31);
    }
  }

  /** What `text` can hold. */
  of(text: string): Outlook {
    const met = this.#always.slice();
    const turn = ++this.#turn;
    const standing: Needle[] = [];
    this.#standing = standing;
    const look = this.#look.at(text);
    const beginnings = this.#beginnings;
    const told: number[] = [];
    while (look.over(beginnings)) {
      for (let number = 0; number < look.count; number++) {
        const beginning = look.kinds[number] as number;
        if (!hasBit(beginnings, beginning) || !this.#meet(beginning, text, look.places[number] as number, met)) continue;
        dropBit(beginnings, beginning);
        told.push(beginning);
      }
    }
    for (const beginning of told) addBit(beginnings, beginning);
    const singles = this.#singles;
    for (let number = 0, bits = look.all >> SINGLES; bits; number++, bits >>= 1) {
      if (bits & 1) for (const rank of (singles[number] as Needle).owners) addBit(met, rank);
    }
    const groups = (): Groups | undefined => (turn === this.#turn ? look.groups : undefined);
    const startsOf = ({ rank, lead }: Rule): Places | undefined => {
      if (lead) return groups()?.startsOf(lead);
      const openings = this.#openings[rank] as Opening[];
      return turn === this.#turn ? new Starts(rank, openings, standing, text, turn) : undefined;
    };
    return { rules: this.#chosen(met, look), runs: look.runs, startsOf, groups };
  }

  /** Adds the rules of literals that stand at `at`. True: nothing more is to be learnt of what begins so. */
  #meet(beginning: number, text: string, at: number, met: Int32Array): boolean {
    const turn = this.#turn;
    const known = this.#needles.get(beginning);
    const fourth = at + 3 < text.length ? kindOf(text.charCodeAt(at + 3)) : OTHER;
    if (!known || !(((fourth < 32 ? known.low : known.high) >> (fourth & 31)) & 1)) return false;
    const { needles } = known;
    let isDone = true;
    for (let number = 0; number < needles.length; number++) {
      const needle = needles[number] as Needle;
      if (needle.isDone(turn)) continue;
      isDone = false;
      if (!standsAt(text, at, needle.text)) continue;
      for (const rank of needle.owners) addBit(met, rank);
      if (needle.turn !== turn && needle.openings.size) this.#standing.push(needle);
      needle.add(at, turn);
    }
    return isDone;
  }

  #chosen(met: Int32Array, { longest, digits, groups }: Look): Rule[] {
    const { most } = groups;
    const chosen: Rule[] = [];
    for (let word = 0; word < met.length; word++) {
      for (let bits = met[word] as number; bits; bits &= bits - 1) {
        const rule = this.rules[word * 32 + 31 - Math.clz32(bits & -bits)] as Rule;
        if (rule.stretch <= longest && rule.digits <= digits && rule.joined <= most) chosen.push(rule);
      }
    }
    return chosen;
  }
}

/** One look at each sign of a text, some thousand at once: a small loop, which is compiled soon. */
class Look {
  /** Where a literal may begin, and the kinds of its first three signs. */
  readonly places = new Int32Array(ROOM);
  readonly kinds = new Int32Array(ROOM);
  count = 0;
  runs: number[] = [];
  longest = 0;
  digits = 0;
  readonly groups = new Groups();
  #text = "";
  /** How far the look has come, the kinds of the last three signs, and where their run begins. */
  #done = 0;
  #three = 0;
  #begin = 0;
  /** Where the last digit ends. */
  #last = 0;
  /** All signs, one over the other. */
  all = 0;

  constructor(private readonly signs: Int32Array) {}

  at(text: string): this {
    this.runs = [];
    this.#text = text;
    this.longest = LEAST_RUN;
    this.digits = this.#done = this.#three = this.#begin = this.#last = this.all = 0;
    this.groups.of(text);
    return this;
  }

  /** Looks at the next signs; false: there are no more. */
  over(beginnings: Int32Array): boolean {
    const { signs } = this;
    const text = this.#text;
    const size = text.length;
    if (this.#done > size) return false;
    // One step more than signs: a run ends, and a literal of two signs has something behind it.
    const stop = Math.min(this.#done + ROOM, size + 1);
    const { places, kinds, groups } = this;
    let three = this.#three;
    let digits = this.digits;
    let begin = this.#begin;
    let all = this.all;
    let last = this.#last;
    let count = 0;
    for (let at = this.#done; at < stop; at++) {
      const code = at < size ? text.charCodeAt(at) : 0;
      const sign = signs[code < 128 ? code : 128] as number;
      all |= sign;
      if (sign & 128) {
        if ((at > last || !digits) && groups.areAll) groups.add(at, last, digits);
        last = at + 1;
        digits++;
      }
      if (!(sign & 64)) {
        if (at - begin > LEAST_RUN) this.#add(begin, at);
        begin = at + 1;
      }
      three = ((three << 6) | (sign & 63)) & 0x3ffff;
      if (((beginnings[three >> 5] as number) >> (three & 31)) & 1) {
        places[count] = at - 2;
        kinds[count++] = three;
      }
    }
    this.#done = stop;
    this.#three = three;
    this.digits = digits;
    this.#begin = begin;
    this.all = all;
    this.#last = last;
    this.count = count;
    if (stop > size) groups.close(digits);
    return true;
  }

  /** Notes a run of token signs. */
  #add(begin: number, end: number): void {
    const run = end - begin;
    if (run > this.longest) this.longest = run;
    if (run >= LONG_RUN) this.runs.push(begin, end);
  }
}

const KIND = Uint8Array.from({ length: ASCII }, (_, code) => signOf(code) & (KINDS - 1));

function kindOf(code: number): number {
  return code < ASCII ? (KIND[code] as number) : OTHER;
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

function dropBit(bits: Int32Array, number: number): void {
  bits[number >> 5] = (bits[number >> 5] as number) & ~(1 << (number & 31));
}

function hasBit(bits: Int32Array, number: number): boolean {
  return (((bits[number >> 5] as number) >> (number & 31)) & 1) > 0;
}
