/** Where matches of a rule can begin: a literal has been found, and a match that holds it is near. */

import { WINDOWS } from "./data";

const ASCII = 128;
const BEYOND = "\u00a4";
/** So many places of a literal are kept; beyond the last of them it may stand anywhere. */
const MOST_PLACES = 64;
const FURTHEST = 200;

/** A literal, the rules that are tried where it is, and where it stood in the last text. */
export class Needle {
  readonly owners: number[] = [];
  readonly places: number[] = [];
  /** How many places there are, of this turn's text. */
  count = 0;
  turn = 0;
  /** Whether a match is known to begin near it. */
  opens = false;

  constructor(readonly text: string) {}

  /** Notes a place in the text of this turn. */
  add(place: number, turn: number): void {
    if (this.turn !== turn) {
      this.turn = turn;
      this.count = 0;
    }
    if (this.opens) this.places[this.count++] = place;
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

/** The places where one rule can match, in order; from `until` on it has to be looked for. */
export class Starts {
  at: number[] = [];
  until = Infinity;

  constructor(openings: readonly Opening[], text: string, turn: number) {
    let isSorted = true;
    for (const opening of openings) {
      if (opening.needle.turn !== turn) continue;
      if (this.at.length) isSorted = false;
      this.#open(opening, text);
    }
    if (!isSorted) this.at.sort((one, other) => one - other);
  }

  #open({ needle, window }: Opening, text: string): void {
    const { places, count } = needle;
    if (count > MOST_PLACES) {
      this.until = Math.min(this.until, Math.max(0, (places[MOST_PLACES] as number) - FURTHEST));
    }
    if (!window) {
      for (let number = 0; number < count; number++) this.at.push(places[number] as number);
      return;
    }
    const { least, most, before, first } = window;
    let seen = 0;
    for (let number = 0; number < count; number++) {
      const place = places[number] as number;
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
    private readonly kind: number,
  ) {
    needle.opens = true;
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
