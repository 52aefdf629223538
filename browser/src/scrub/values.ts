/** Reading the value that follows a telling name: `password=…`, `"token": "…"`, `Cookie: …`. */

import { pattern, whole, wordSet } from "./constants";
import { type FieldNames, isPlaceholder, type KeyClass, type Label, type Shape, suits } from "./fields";
import { isSpace, matchAt, searchFrom, strip } from "./text";

/** Start, end and the label that names the marker; without one, the rule's own. */
export type Span = [start: number, end: number, label?: Label];

const MARKER = pattern("values.MARKER", "y");
const SEPARATOR = pattern("values.SEPARATOR", "y");
const PAIR = pattern("values.PAIR", "y");
const BLANK = pattern("values.BLANK", "y");
const FLAG = pattern("values.FLAG", "y");
const OPENING = pattern("values.OPENING", "y");
/** The pattern is a class left out, and how many signs a run has at most: `[^…]{1,500}`. */
const [, STOPS = "", MOST = "500"] = /^\[\^(.+)\]\{1,([0-9]+)\}$/.exec(pattern("values.LOOSE").source) ?? [];
const STOP = new RegExp(`[${STOPS}]`, "g");
const LONGEST_RUN = Number(MOST);
const NOT_IN_TOKEN = pattern("values.NOT_IN_TOKEN", "g");
const NOT_IN_SESSION = pattern("values.NOT_IN_SESSION", "g");
const AFTER_STOP = pattern("values.AFTER_STOP", "y");
const CLOSES = pattern("values.CLOSES", "y");
const NEXT_WORD = pattern("values.NEXT_WORD", "y");
const SENTENCE = whole("values.SENTENCE");
const LOWER = whole("values.LOWER");
const SCHEME = pattern("values.SCHEME", "y");
const PARAMETER = pattern("values.PARAMETER", "y");
const PROOFS = wordSet("values.PROOFS");
const COOKIE = pattern("values.COOKIE", "y");
const MORE_DIGITS = pattern("values.MORE_DIGITS", "y");
const MORE_NAMES = pattern("values.MORE_NAMES", "y");
const STREET = pattern("values.STREET", "y");
const MORE_DATE = /[ ][A-Za-z]{3,9}[ ][0-9]{4}/y;
const ATTRIBUTES = wordSet("values.ATTRIBUTES");
const FURTHEST_KEY = 60;
const FIRST_LOOK = 1000;
const LONGEST_VALUE = 64_000;

interface Read {
  start: number;
  end: number;
  isQuoted: boolean;
}

/** Finds the secret part of a value whose field's name is telling. */
export class ValueReader {
  constructor(
    readonly names: FieldNames,
    private readonly safe: ReadonlySet<string>,
  ) {}

  /** What is secret after the name whose last word stands at `start` to `end`. */
  after(text: string, start: number, end: number): Span[] {
    const least = Math.max(0, start - FURTHEST_KEY);
    let begin = start;
    while (begin > least && isName(text.charCodeAt(begin - 1))) begin--;
    if (begin && (text.startsWith("://", begin - 3) || matchAt(MARKER, text, begin - 1))) return [];
    const name = text.slice(begin, end);
    const entry = this.names.classify(name);
    const read = entry && this.#value(text, begin, end, entry);
    if (!read) return [];
    const isEcho = read.end - read.start === name.length;
    if (isEcho && text.slice(read.start, read.end).toLowerCase() === name.toLowerCase()) return [];
    const isWhole = entry.values === "auth" || entry.values === "cookie";
    return isWhole || !isProse(text, read) ? this.within(entry, text, read.start, read.end) : [];
  }

  /** What is secret in the value `start` to `end` of a field of class `entry`. */
  within(entry: KeyClass, text: string, start: number, end: number): Span[] {
    if (entry.values === "cookie") return this.#cookies(entry, text, start, end);
    if (entry.values === "auth") return this.#authorization(entry, text, start, end);
    const value = strip(text.slice(start, end));
    return suits(entry.values, value, this.safe) ? [[start, end, entry]] : [];
  }

  #value(text: string, begin: number, end: number, entry: KeyClass): Read | undefined {
    const [place, isStrict] = separated(text, begin, end, entry);
    if (place < 0) return undefined;
    const opening = matchAt(OPENING, text, place);
    if (opening) {
      const start = place + opening[0].length + (opening[1] === undefined ? 1 : 0);
      return { start, end: closing(text, start, text.charAt(start - 1)), isQuoted: true };
    }
    if (isStrict) return undefined;
    if (entry.values === "cookie" || entry.values === "auth") {
      const end = Math.min(text.length, place + LONGEST_VALUE);
      return { start: place, end, isQuoted: false };
    }
    let finish = this.#end(text, place, entry.values);
    if (finish === place) return undefined;
    if (entry.values !== "any") {
      const ends = entry.id === "field-session" ? NOT_IN_SESSION : NOT_IN_TOKEN;
      const cut = searchFrom(ends, text, place, finish);
      if (cut?.[0] === "(" && entry.values === "user") return undefined;
      if (cut && cut.index > place) finish = cut.index;
    }
    return { start: place, end: extended(text, finish, entry), isQuoted: false };
  }

  /** Where a loose value ends; only one that suits is followed beyond a first look. */
  #end(text: string, start: number, shape: Shape): number {
    const end = looseEnd(text, start, FIRST_LOOK);
    const goesOn = end - start >= FIRST_LOOK && suits(shape, text.slice(start, end), this.safe);
    return goesOn ? looseEnd(text, start, LONGEST_VALUE) : end;
  }

  #authorization(entry: KeyClass, text: string, start: number, end: number): Span[] {
    const scheme = matchAt(SCHEME, text, start, end);
    const begin = start + (scheme?.[0].length ?? 0);
    if (scheme && matchAt(PARAMETER, text, begin, end)) return this.#parameters(entry, text, begin, end);
    const finish = Math.min(this.#end(text, begin, "mixed"), end);
    const value = text.slice(begin, finish);
    return suits(scheme ? "any" : "mixed", value, this.safe) ? [[begin, finish, entry]] : [];
  }

  /** The telling ones of `name="value", name=value …`; if none is, all. */
  #parameters(entry: KeyClass, text: string, start: number, end: number): Span[] {
    const spans: Span[] = [];
    let place = start;
    let isDone = false;
    for (let found = matchAt(PARAMETER, text, place, end); found; found = matchAt(PARAMETER, text, place, end)) {
      const [whole, name = "", quoted, bare, more] = found;
      const value = quoted ?? bare ?? "";
      const named = this.names.classify(name);
      if (isPlaceholder(value)) isDone = true;
      else if (PROOFS.has(name.toLowerCase()) || (named && suits(named.values, value, this.safe))) {
        const begin = place + name.length + (quoted === undefined ? 1 : 2);
        spans.push([begin, begin + value.length, entry]);
      }
      place += whole.length;
      if (!more) break;
    }
    return spans.length || isDone ? spans : [[start, place, entry]];
  }

  #cookies(entry: KeyClass, text: string, start: number, end: number): Span[] {
    const spans: Span[] = [];
    let place = start;
    for (let pair = matchAt(COOKIE, text, place, end); pair; pair = matchAt(COOKIE, text, place, end)) {
      const [whole, name = "", value = "", more] = pair;
      const named = this.names.classify(name);
      const isPlain = !named || named.values === "cookie" || named.values === "auth";
      const isAttribute = ATTRIBUTES.has(name.replaceAll("-", "").toLowerCase());
      if (!isAttribute && suits(isPlain ? "mixed" : named.values, value, this.safe)) {
        const begin = place + name.length + 1;
        spans.push([begin, begin + value.length, entry]);
      }
      place += whole.length;
      if (!more) break;
    }
    if (place > start) return spans;
    // Not a pair at all: a bare session id, or nothing.
    const finish = Math.min(end, this.#end(text, start, "mixed"));
    return suits("mixed", text.slice(start, finish), this.safe) ? [[start, finish, entry]] : [];
  }
}

type Place = [place: number, isStrict: boolean];

/** Where the value begins, or -1, and whether it counts only in quotes. */
function separated(text: string, begin: number, end: number, entry: KeyClass): Place {
  const separator = matchAt(SEPARATOR, text, end);
  if (separator) return [end + separator[0].length, false];
  const pair = matchAt(PAIR, text, end);
  if (pair && isInTuple(text, begin)) return [end + pair[0].length, true];
  if (begin && text.charAt(end) === ">" && text.charAt(begin - 1) === "<") return [end + 1, false];
  if (text.charAt(begin) === "-") {
    const flag = matchAt(FLAG, text, end);
    if (flag) return [end + flag[0].length, false];
  }
  const blank = matchAt(BLANK, text, end);
  if (!blank) return [-1, true];
  const word = strip(blank[0]);
  if (entry.values === "user" && /^(?:is|was|are|IS)$/.test(word)) return [-1, true];
  return [end + blank[0].length, word === "" || word === "IN" || word === "in"];
}

/** Whether the name at `begin` is the quoted first of a pair: `("name", …`, or a quoted flag. */
function isInTuple(text: string, begin: number): boolean {
  const before = text.slice(Math.max(0, begin - 3), begin);
  const isFlag = begin > 1 && text.charAt(begin) === "-" && /["']$/.test(before);
  return isFlag || /[([]b?["']$/.test(before);
}

function isName(code: number): boolean {
  return (
    (code >= 48 && code <= 57) ||
    (code >= 65 && code <= 90) ||
    (code >= 97 && code <= 122) ||
    code === 95 ||
    code === 46 ||
    code === 45
  );
}

/** Where the quotation that begins at `start` ends; without an end, the line does. */
function closing(text: string, start: number, quote: string): number {
  const end = Math.min(text.length, start + LONGEST_VALUE);
  for (let place = start; place < end; place++) {
    const char = text.charAt(place);
    if (char === quote || char === "\r" || char === "\n") return place;
    if (char === "\\") place++;
  }
  return end;
}

/** Where values have to stop, as far as it is known: between `from` and `stop` they need not. */
let known = { text: "", from: 0, stop: 0 };

/** Where the first sign that ends a run stands; many values before it share the answer. */
function stopFrom(text: string, place: number): number {
  if (text !== known.text || place < known.from || place > known.stop) {
    known = { text, from: place, stop: searchFrom(STOP, text, place)?.index ?? text.length };
  }
  return known.stop;
}

/** Where a value without quotes ends: a sign such as `,` or `)` may be part of it. */
function looseEnd(text: string, start: number, most: number): number {
  let place = start;
  while (place < text.length && place - start < most) {
    const stop = stopFrom(text, place);
    if (stop > place) {
      place = Math.min(stop, place + LONGEST_RUN);
      continue;
    }
    const char = text.charAt(place);
    const goesOn =
      (",;&".includes(char) && !matchAt(AFTER_STOP, text, place + 1)) ||
      (")]}".includes(char) && place > start && !matchAt(CLOSES, text, place + 1));
    if (!goesOn) break;
    place++;
  }
  while (
    place > start &&
    ".:!?".includes(text.charAt(place - 1)) &&
    (place === text.length || isSpace(text.charAt(place)))
  ) {
    place--;
  }
  return place;
}

/** The end of a value that may have blanks inside: numbers, names, addresses. */
function extended(text: string, end: number, { values }: KeyClass): number {
  const more =
    values === "phone" || values === "card" || values === "account" || values === "official"
      ? MORE_DIGITS
      : values === "person"
        ? MORE_NAMES
        : values === "address"
          ? STREET
          : values === "date"
            ? MORE_DATE
            : undefined;
  return end + ((more && matchAt(more, text, end)?.[0].length) ?? 0);
}

/** Whether a bare word after a name is a sentence going on: `password: must be …`. */
function isProse(text: string, { start, end, isQuoted }: Read): boolean {
  const value = text.slice(start, end);
  if (isQuoted) return SENTENCE.test(value);
  if (text.charAt(start - 1) === "=" || !LOWER.test(value)) return false;
  return matchAt(NEXT_WORD, text, end) !== null;
}
