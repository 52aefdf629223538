/** Text as it reads once its escapes are undone, with the way back to where each sign stood. */

import { countUpTo, flatSign, searchFrom } from "./text";

const ESCAPE =
  /(?:%[0-9A-Fa-f]{2})+|\\(?:u[0-9A-Fa-f]{4}|["'\\/nrt])|&(?:#[0-9]{2,7}|#[xX][0-9A-Fa-f]{2,6}|amp|quot|apos|lt|gt);|\x1b\[[0-9;:]{0,40}[A-Za-z]|'\\''|(?<=[=:,([{ ])(?:""|'')(?=[^ \t\r\n,;:)\]}"'&<>=])|(?<=[^ \t\r\n=:,([{"'\\])(?:""|'')(?![^ \t\r\n,;:)\]}&<>])/g;
const WORD_AROUND = 200;
const WORD_START = /^[^ \t\r\n"'<>]*/;
const WORD_END = /[^ \t\r\n"'<>]*$/;
const FORM_WORD = /[^ \t\r\n"'<>]+/g;
/** Group 1: that of `mail=ann+news%40…`, which is a part of the address. */
const PLUS = /((?:^|[=/:?&;])[A-Za-z0-9._-]{1,64}[+](?=[A-Za-z0-9._-]{1,64}%40))|[+]/g;
const NAMED: Record<string, string> = { amp: "&", quot: '"', apos: "'", lt: "<", gt: ">" };
const SIMPLE: Record<string, string> = { n: "\n", r: "\r", t: "\t" };
const DEEPEST = 5;
const UNKNOWN = "\ufffd";

/**
 * Decoded text. Stretch `i` begins at `at[i]` here and at `cameFrom[i]` in what it was decoded from;
 * `steps[i]` is 1 where a stretch is verbatim, else how many characters there make its one. That
 * text may be a view itself, `outer`.
 */
export class View {
  #last = 0;

  constructor(
    readonly text: string,
    readonly outer: View | undefined,
    readonly at: Int32Array,
    readonly cameFrom: Int32Array,
    readonly steps: Int32Array,
  ) {}

  /** The stretch of the original that `start` to `end` (not empty) stands for. */
  origin(start: number, end: number): [start: number, end: number] {
    const [first, last] = [this.stretch(start), this.stretch(end - 1)];
    const step = this.steps[last] ?? 1;
    const offset = this.steps[first] === 1 ? start - (this.at[first] ?? 0) : 0;
    const from = (this.cameFrom[first] ?? 0) + offset;
    const to = (this.cameFrom[last] ?? 0) + (step > 1 ? step : end - (this.at[last] ?? 0));
    return this.outer ? this.outer.origin(from, to) : [from, to];
  }

  /** `place` of the original, or where the percent escape it is in ends; -1 within a colour, left out here. */
  behind(original: string, place: number): number {
    let [low, high] = [0, this.text.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.origin(middle, middle + 1)[0] <= place) low = middle + 1;
      else high = middle;
    }
    if (low > 0) {
      const [start, end] = this.origin(low - 1, low);
      if (place < end) return place > start && original.charAt(start) === "%" ? end : place;
    }
    return low < this.text.length ? -1 : place;
  }

  /** The number of the stretch that holds `place`. */
  stretch(place: number): number {
    this.#last = countUpTo(this.at, place, this.#last);
    return this.#last - 1;
  }
}

/** `text` with percent, JSON and entity escapes undone until none is left; at most five layers. */
export function decoded(text: string): View | undefined {
  if (!/[%\\&\x1b]|""|''/.test(text)) return undefined;
  let view = undo(text.includes("+") && text.includes("%") ? text.replace(FORM_WORD, spaced) : text);
  for (let layer = 1; view && layer < DEEPEST; layer++) {
    const deeper = undo(view.text, view);
    if (!deeper) break;
    view = deeper;
  }
  return view;
}

/** Whether the word around a stretch is that of a form, whose blanks are pluses. */
export function isInForm(text: string, start: number, end: number): boolean {
  const before = WORD_END.exec(text.slice(Math.max(0, start - WORD_AROUND), start))?.[0] ?? "";
  const after = WORD_START.exec(text.slice(end, end + WORD_AROUND))?.[0] ?? "";
  return isForm(before + text.slice(start, end) + after);
}

/** Whether a plus in `word` stands for a blank: there are percent escapes, and none of a blank. */
function isForm(word: string): boolean {
  return !word.includes("%20") && /%[0-9A-Fa-f]{2}/.test(word);
}

function spaced(word: string): string {
  if (!word.includes("+") || !isForm(word)) return word;
  return word.replace(PLUS, (_, tagged: string | undefined) => tagged ?? " ");
}

/** Collects the stretches of a view. */
class Undone {
  #text: string[] = [];
  #at: Int32Array;
  #cameFrom: Int32Array;
  #steps: Int32Array;
  #count = 0;
  #length = 0;

  /** `most` stretches fit. */
  constructor(most: number) {
    const places = new Int32Array(3 * most);
    this.#at = places.subarray(0, most);
    this.#cameFrom = places.subarray(most, 2 * most);
    this.#steps = places.subarray(2 * most);
  }

  add(piece: string, from: number, step: number): void {
    const count = this.#count++;
    this.#at[count] = this.#length;
    this.#cameFrom[count] = from;
    this.#steps[count] = step;
    this.#text.push(piece);
    this.#length += piece.length;
  }

  in(outer: View | undefined): View {
    const at = this.#at.subarray(0, this.#count);
    return new View(this.#text.join(""), outer, at, this.#cameFrom, this.#steps);
  }
}

function undo(text: string, outer?: View): View | undefined {
  let found = searchFrom(ESCAPE, text, 0);
  if (!found) return undefined;
  // An escape takes two signs or more, and between two there is at most one more stretch.
  const undone = new Undone(text.length + 1);
  let done = 0;
  for (; found; found = ESCAPE.exec(text)) {
    const { 0: escape, index: start } = found;
    if (start > done) undone.add(text.slice(done, start), done, 1);
    done = start + escape.length;
    // A colour of a terminal stands for nothing, doubled quotes for one.
    if (escape.charAt(0) === "\x1b") continue;
    if (/^["']/.test(escape)) undone.add(escape.charAt(0), start, escape.length);
    else if (escape.charAt(0) === "%") addPercent(undone, escape, start);
    else undone.add(escape.charAt(0) === "\\" ? backslashed(escape) : entity(escape), start, escape.length);
  }
  if (done < text.length) undone.add(text.slice(done), done, 1);
  return undone.in(outer);
}

function backslashed(escape: string): string {
  const kind = escape.charAt(1);
  if (kind !== "u") return SIMPLE[kind] ?? kind;
  const code = parseInt(escape.slice(2), 16);
  return isSurrogate(code) ? UNKNOWN : String.fromCharCode(code);
}

function entity(escape: string): string {
  const name = escape.slice(1, -1);
  if (name.charAt(0) !== "#") return NAMED[name] ?? "";
  const code = /[xX]/.test(name.charAt(1)) ? parseInt(name.slice(2), 16) : parseInt(name.slice(1), 10);
  return code < 0x110000 && !isSurrogate(code) ? signOf(code) : UNKNOWN;
}

function isSurrogate(code: number): boolean {
  return code >= 0xd800 && code < 0xe000;
}

function signOf(code: number): string {
  return code < 0x10000 ? String.fromCharCode(code) : flatSign(String.fromCodePoint(code));
}

/** Adds what a run of percent escapes stands for; a broken UTF-8 sequence is U+FFFD, byte by byte. */
function addPercent(undone: Undone, escape: string, start: number): void {
  for (let place = 0; place < escape.length; ) {
    const lead = byteAt(escape, place);
    const [code, size] = lead < 0x80 ? [lead, 1] : codeAt(escape, place, lead);
    undone.add(signOf(code), start + place, 3 * size);
    place += 3 * size;
  }
}

/** The code point of the UTF-8 bytes at `place` in `%xx%xx…`, beyond ASCII, and how many bytes it takes. */
function codeAt(escape: string, place: number, lead: number): [code: number, size: number] {
  const size = lead >= 0xc2 && lead < 0xe0 ? 2 : lead >= 0xe0 && lead < 0xf0 ? 3 : lead >= 0xf0 && lead < 0xf5 ? 4 : 0;
  let code = lead & (0x7f >> size);
  for (let more = 1; more < size; more++) {
    const next = byteAt(escape, place + 3 * more);
    if ((next & 0xc0) !== 0x80) return [0xfffd, 1];
    code = (code << 6) | (next & 0x3f);
  }
  const least = [0x110000, 0, 0x80, 0x800, 0x10000][size] ?? 0;
  const fits = size > 0 && code >= least && code < 0x110000 && !isSurrogate(code);
  return fits ? [code, size] : [0xfffd, 1];
}

function byteAt(escape: string, place: number): number {
  return place < escape.length ? parseInt(escape.slice(place + 1, place + 3), 16) : -1;
}
