/** Where the value of a named field ends. */

import { pattern } from "./constants";
import { isEncoded, type KeyClass, type Shape } from "./fields";
import { isSpace, matchAt, searchFrom } from "./text";

export const LONGEST_VALUE = 64_000;
/** The pattern is a class left out, and how many signs a run has at most: `[^…]{1,500}`. */
const [, STOPS = "", MOST = "500"] = /^\[\^(.+)\]\{1,([0-9]+)\}$/.exec(pattern("ends.LOOSE").source) ?? [];
const STOP = new RegExp(`[${STOPS}]`, "g");
const LONGEST_RUN = Number(MOST);
const OPENS_CALL = pattern("ends.OPENS_CALL", "g");
const NOT_IN_TOKEN = pattern("ends.NOT_IN_TOKEN", "g");
const NOT_IN_SESSION = pattern("ends.NOT_IN_SESSION", "g");
const AFTER_STOP = pattern("ends.AFTER_STOP", "y");
const DRAWN: ReadonlySet<Shape> = new Set(["any", "pwd", "pass", "mixed", "long"]);
const NEXT_PAIR = pattern("ends.NEXT_PAIR", "y");
const CLOSES = pattern("ends.CLOSES", "y");
const NOT_AFTER_LESS = pattern("ends.NOT_AFTER_LESS", "y");
const NOT_AFTER_MORE = pattern("ends.NOT_AFTER_MORE", "y");
const MARKUP = 200;
const MORE_DIGITS = pattern("ends.MORE_DIGITS", "y");
const MORE_NAMES = pattern("ends.MORE_NAMES", "y");
const NEXT_NAME = pattern("ends.NEXT_NAME", "y");
const SCOPE = pattern("ends.SCOPE");
const STREET = pattern("ends.STREET", "y");
const MORE_DATE = /[ ][A-Za-z]{3,9}[ ][0-9]{4}/y;

/** Whether nothing in `text` ends a run. */
export function isOneRun(text: string): boolean {
  return text.search(STOP) < 0;
}

/** Where the quotation that begins at `start` ends; without an end, the line does. */
export function closing(text: string, start: number, quote: string): number {
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

/** Where a sign that `ends` names stands next, as far as it was looked for last. */
let cut = { text: "", ends: STOP, from: 0, at: 0 };

function nextOf(ends: RegExp, text: string, place: number): number {
  if (text !== cut.text || ends !== cut.ends || place < cut.from || place > cut.at) {
    cut = { text, ends, from: place, at: searchFrom(ends, text, place)?.index ?? text.length };
  }
  return cut.at;
}

/** Where a value without quotes ends: a sign such as `,` or `)` may be part of it. */
export function looseEnd(text: string, start: number, most: number, shape: Shape): number {
  let place = start;
  while (place < text.length && place - start < most) {
    const stop = stopFrom(text, place);
    if (stop > place) {
      const runs = Math.ceil((start + most - place) / LONGEST_RUN);
      place = Math.min(stop, place + runs * LONGEST_RUN);
      continue;
    }
    if (!goesOn(text, place, start, shape)) break;
    place++;
  }
  if (place === text.length || isSpace(text.charAt(place))) {
    while (place > start && ".:!?".includes(text.charAt(place - 1))) place--;
  }
  return place;
}

/** Whether the sign at `place`, which ends most values, is part of this one. */
function goesOn(text: string, place: number, start: number, shape: Shape): boolean {
  const char = text.charAt(place);
  if (",;&".includes(char)) return !matchAt(AFTER_STOP, text, place + 1);
  if (char === "^") return DRAWN.has(shape) || !matchAt(NEXT_PAIR, text, place + 1);
  if (place === start) return false;
  if ("<>".includes(char)) return (shape === "any" || shape === "pwd") && isNoMarkup(text, place, start);
  if (!")]}".includes(char)) return false;
  const next = text.charAt(place + 1);
  if (char !== "]" && (next === "<" || next === ">")) return goesOn(text, place + 1, start, shape);
  return !matchAt(CLOSES, text, place + 1);
}

/** Whether the `<` or `>` at `place` is a sign of a password, not of an element. */
function isNoMarkup(text: string, place: number, start: number): boolean {
  if (matchAt(CLOSES, text, place + 1)) return false;
  if (text.charAt(place) === "<") return !matchAt(NOT_AFTER_LESS, text, place + 1);
  const isOpen = text.slice(Math.max(0, place - MARKUP), start).includes("<");
  const isArrow = /[-=]/.test(text.charAt(place - 1));
  return !isArrow && !isOpen && !matchAt(NOT_AFTER_MORE, text, place + 1);
}

/** The place of a sign that no token has, or `end`; a session has no path behind it. */
export function cutOf(text: string, start: number, end: number, { id, values }: KeyClass): number {
  if (values === "any") return end;
  if (values === "pwd" || values === "pass") return Math.min(nextOf(OPENS_CALL, text, start), end);
  const isSession = id === "field-session" && !isEncoded(text.slice(start, end));
  return Math.min(nextOf(isSession ? NOT_IN_SESSION : NOT_IN_TOKEN, text, start), end);
}

/** The end of a value that may have blanks inside: numbers, names, addresses. */
export function extended(text: string, end: number, { values }: KeyClass): number {
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
  const finish = end + ((more && matchAt(more, text, end)?.[0].length) ?? 0);
  // `First name: Anna Last name: …`
  const isNext = more === MORE_NAMES && finish > end && matchAt(NEXT_NAME, text, finish);
  return isNext ? text.lastIndexOf(" ", finish - 1) : finish;
}

/** Where the scope of a cloud's key begins, or `end`: `AKIA…/20250314/us-east-1/s3/aws4_request`. */
export function scopeOf(text: string, start: number, end: number): number {
  if (!text.endsWith("4_request", end)) return end;
  const place = text.slice(start, end).search(SCOPE);
  return place < 0 ? end : start + place;
}
