/** Where matches of a rule can begin: a literal has been found, and a match that holds it is near. */

import { WINDOWS } from "./data";
import { matchAt } from "./text";

const ASCII = 128;
const BEYOND = "\u00a4";
/** So many places of a literal are kept. */
const MOST_PLACES = 64;
/** To look an opening up takes as long as to ask so many. */
const LOOK_UP = 8;

/** Behind a telling name there is always a sign, or one of a few words. */
const NAME_AND_SIGN = /[A-Za-z0-9_.-](?:[A-Za-z0-9_. -]{0,200}["')\]=:>\t\r\n]|[A-Za-z0-9_. -]{0,200}[ \t](?:is|was|are|IS|I?LIKE|like|IN|in)[ \t])/y;

/** A literal, the rules that are tried where it is, and where it stood in the last text. */
export class Needle {
  readonly owners: number[] = [];
  /** By rank of a rule. */
  readonly openings = new Map<number, Opening>();
  readonly places: number[] = [];
  /** How many places there are, of this turn's text. */
  count = 0;
  turn = 0;

  constructor(readonly text: string) {}

  /** Notes a place in the text of this turn. */
  add(place: number, turn: number): void {
    if (this.turn !== turn) {
      this.turn = turn;
      this.count = 0;
    }
    if (this.openings.size) this.places[this.count++] = place;
    else this.count = MOST_PLACES + 1;
  }

  /** Whether nothing more is to be learnt of the text. */
  isDone(turn: number): boolean {
    return this.count > MOST_PLACES && this.turn === turn;
  }
}

/** A match begins `least` to `most` signs before the literal, all signs between of `before`. */
interface Window {
  least: number;
  most: number;
  before: Uint8Array;
  first: Uint8Array;
}

/** The places where one rule can match, in order; there may be more if not all of them are known. */
export class Starts {
  at: number[] = [];
  areAll = true;

  /** By the openings of a rule, or by the literals that stand in the text: whichever are fewer. */
  constructor(rank: number, openings: readonly Opening[], standing: readonly Needle[], text: string, turn: number) {
    let count = 0;
    const isByRule = openings.length < LOOK_UP * standing.length;
    const most = isByRule ? openings.length : standing.length;
    for (let number = 0; number < most; number++) {
      const opening = isByRule ? openings[number] : standing[number]?.openings.get(rank);
      if (!opening || opening.needle.turn !== turn) continue;
      this.#open(opening, text);
      count++;
    }
    if (count > 1) this.at.sort((one, other) => one - other);
  }

  #open({ needle, window, isName }: Opening, text: string): void {
    const { places, count } = needle;
    if (count > MOST_PLACES) this.areAll = false;
    if (!this.areAll) return;
    if (!window) {
      for (let number = 0; number < count; number++) {
        const place = places[number] as number;
        if (!isName || matchAt(NAME_AND_SIGN, text, place)) this.at.push(place);
      }
      return;
    }
    const { least, most, before, first } = window;
    let seen = 0;
    for (let number = 0; number < count; number++) {
      const place = places[number] as number;
      if (isName && !matchAt(NAME_AND_SIGN, text, place)) continue;
      const low = Math.max(place - most, seen);
      const high = place - least;
      let at = place;
      while (at > low && before[Math.min(text.charCodeAt(at - 1), ASCII)]) at--;
      for (; at <= high; at++) if (first[Math.min(text.charCodeAt(at), ASCII)]) this.at.push(at);
      if (high >= seen) seen = high + 1;
    }
  }
}

/** A literal a match has, and where it begins then. */
export class Opening {
  #window: Window | undefined;

  constructor(
    readonly needle: Needle,
    rank: number,
    private readonly kind: number,
    /** Whether it is part of a name, which has to go on in a certain way. */
    readonly isName: boolean,
  ) {
    needle.openings.set(rank, this);
  }

  /** Nothing when matches begin with the literal. */
  get window(): Window | undefined {
    return this.kind ? (this.#window ??= windowOf(this.kind)) : undefined;
  }
}

function windowOf(kind: number): Window {
  const [least, most, before = "", first = ""] = (WINDOWS[kind] ?? "").split(" ");
  return { least: Number(least), most: Number(most), before: signsOf(before), first: signsOf(first) };
}

/** Which signs a class has, those beyond ASCII as one. */
function signsOf(inside: string): Uint8Array {
  const signs = new Uint8Array(ASCII + 1);
  const plain = inside.replace(BEYOND, "");
  const pattern = new RegExp(`[${plain}]`);
  for (let code = 0; code < ASCII; code++) signs[code] = Number(pattern.test(String.fromCharCode(code)));
  signs[ASCII] = Number(plain !== inside);
  return signs;
}
