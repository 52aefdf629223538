/** Text as it reads once its escapes are undone, with the way back to where each sign stood. */

import { countUpTo, flatSign, searchFrom } from "./text";

const ESCAPE =
  /(?:%[0-9A-Fa-f]{2})+|\\(?:u[0-9A-Fa-f]{4}|["'\\/nrt])|&(?:#[0-9]{2,7}|#[xX][0-9A-Fa-f]{2,6}|amp|quot|apos|lt|gt);/g;
const NAMED: Record<string, string> = { amp: "&", quot: '"', apos: "'", lt: "<", gt: ">" };
const SIMPLE: Record<string, string> = { n: "\n", r: "\r", t: "\t" };
const DEEPEST = 5;
const UNKNOWN = "\ufffd";

/**
 * Decoded text. Stretch `i` begins at `at[i]` here and at `cameFrom[i]` in the original; `steps[i]`
 * is 1 where a stretch is verbatim, else how many original characters make its one.
 */
export class View {
  #last = 0;

  constructor(
    readonly text: string,
    readonly at: readonly number[],
    readonly cameFrom: readonly number[],
    readonly steps: readonly number[],
  ) {}

  /** The stretch of the original that `start` to `end` (not empty) stands for. */
  origin(start: number, end: number): [start: number, end: number] {
    const [first, last] = [this.stretch(start), this.stretch(end - 1)];
    const step = this.steps[last] ?? 1;
    const offset = this.steps[first] === 1 ? start - (this.at[first] ?? 0) : 0;
    return [
      (this.cameFrom[first] ?? 0) + offset,
      (this.cameFrom[last] ?? 0) + (step > 1 ? step : end - (this.at[last] ?? 0)),
    ];
  }

  /** The number of the stretch that holds `place`. */
  stretch(place: number): number {
    this.#last = countUpTo(this.at, place, this.#last);
    return this.#last - 1;
  }
}

/** `text` with percent, JSON and entity escapes undone until none is left; at most five layers. */
export function decoded(text: string): View | undefined {
  if (!/[%\\&]/.test(text)) return undefined;
  let view = undo(text);
  for (let layer = 1; view && layer < DEEPEST; layer++) {
    const deeper = undo(view.text);
    if (!deeper) break;
    view = joined(view, deeper);
  }
  return view;
}

/** Collects the stretches of a view. */
class Undone {
  #pieces: string[] = [];
  #at: number[] = [];
  #cameFrom: number[] = [];
  #steps: number[] = [];
  #length = 0;

  add(piece: string, from: number, step: number): void {
    this.#at.push(this.#length);
    this.#cameFrom.push(from);
    this.#steps.push(step);
    this.#pieces.push(piece);
    this.#length += piece.length;
  }

  get view(): View {
    return new View(this.#pieces.join(""), this.#at, this.#cameFrom, this.#steps);
  }
}

function undo(text: string): View | undefined {
  let found = searchFrom(ESCAPE, text, 0);
  if (!found) return undefined;
  const undone = new Undone();
  let done = 0;
  for (; found; found = ESCAPE.exec(text)) {
    const { 0: escape, index: start } = found;
    if (start > done) undone.add(text.slice(done, start), done, 1);
    done = start + escape.length;
    if (escape.charAt(0) === "%") addPercent(undone, escape, start);
    else undone.add(escape.charAt(0) === "\\" ? backslashed(escape) : entity(escape), start, escape.length);
  }
  if (done < text.length) undone.add(text.slice(done), done, 1);
  return undone.view;
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

/** `inner`, a view of `outer.text`, as a view of what `outer` is a view of. */
function joined(outer: View, inner: View): View {
  const at: number[] = [];
  const cameFrom: number[] = [];
  const steps: number[] = [];
  inner.at.forEach((from, index) => {
    let begin = from;
    let source = inner.cameFrom[index] ?? 0;
    const step = inner.steps[index] ?? 1;
    if (step > 1) {
      const [start, end] = outer.origin(source, source + step);
      at.push(begin);
      cameFrom.push(start);
      steps.push(Math.max(end - start, 2));
      return;
    }
    const finish = inner.at[index + 1] ?? inner.text.length;
    for (let stretch = outer.stretch(source); begin < finish; stretch++) {
      const own = outer.steps[stretch] ?? 1;
      at.push(begin);
      steps.push(own);
      const offset = own === 1 ? source - (outer.at[stretch] ?? 0) : 0;
      cameFrom.push((outer.cameFrom[stretch] ?? 0) + offset);
      const following = outer.at[stretch + 1] ?? outer.text.length;
      begin += following - source;
      source = following;
    }
  });
  return new View(inner.text, at, cameFrom, steps);
}
