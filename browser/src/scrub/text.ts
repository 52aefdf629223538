/** Text as Python sees it: code points, Unicode classes, matching at a place. */

/** What Python's `\s` and `str.isspace` mean, as the inside of a character class. */
export const SPACES =
  "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";

const SPACE = new RegExp(`[${SPACES}]`);
const ALNUM = /^[\p{L}\p{N}]+$/u;
const ALPHA = /^\p{L}+$/u;
const DECIMAL = /^\p{Nd}+$/u;
const SURROGATE = /[\ud800-\udfff]/;
const PAIR_OR_LONE = /[\ud800-\udbff][\udc00-\udfff]|[\ud800-\udfff]/g;
const ASTRAL = /[\u{10000}-\u{10ffff}]/gu;
/** Stand-ins of the plane below: a letter, a digit, another number, and something that is none. */
const [LETTER, DIGIT, NUMBER, OTHER] = ["\ufe70", "\uff10", "\u2460", "\ue000"];

export function isSpace(char: string): boolean {
  return SPACE.test(char);
}

export function isAlnum(text: string): boolean {
  const code = text.length === 1 ? text.charCodeAt(0) : 0x80;
  return code < 0x80 ? (code >= 48 && code <= 57) || isLetter(code) : ALNUM.test(text);
}

export function isAlpha(text: string): boolean {
  const code = text.length === 1 ? text.charCodeAt(0) : 0x80;
  return code < 0x80 ? isLetter(code) : ALPHA.test(text);
}

export function isDecimal(text: string): boolean {
  const code = text.length === 1 ? text.charCodeAt(0) : 0x80;
  return code < 0x80 ? code >= 48 && code <= 57 : DECIMAL.test(text);
}

function isLetter(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90);
}

export function isAsciiAlnum(text: string): boolean {
  return /^[0-9A-Za-z]+$/.test(text);
}

export function strip(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (start < end && isBlank(text.charCodeAt(end - 1))) end--;
  return start || end < text.length ? text.slice(start, end) : text;
}

function isBlank(code: number): boolean {
  return code < 0x80 ? code === 32 || (code >= 9 && code <= 13) || (code >= 28 && code <= 31) : isSpace(String.fromCharCode(code));
}

/** Whether `code` is that of an ASCII digit. */
export function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** `text` with lone surrogates as U+FFFD. */
export function wellFormed(text: string): string {
  return SURROGATE.test(text) ? text.replace(PAIR_OR_LONE, paired) : text;
}

function paired(signs: string): string {
  return signs.length === 2 ? signs : "\ufffd";
}

/** `text` with one unit for each code point, so that places count as they do in Python. */
export function flattened(text: string): string {
  return SURROGATE.test(text) ? text.replace(ASTRAL, flatSign) : text;
}

/** What stands for a code point above U+FFFF while we search. */
export function flatSign(char: string): string {
  if (isAlpha(char)) return LETTER;
  if (isDecimal(char)) return DIGIT;
  return isAlnum(char) ? NUMBER : OTHER;
}

/** Cuts by code points. */
export function cutter(text: string): (start: number, end?: number) => string {
  if (!SURROGATE.test(text)) return (start, end) => text.slice(start, end);
  const points = Array.from(text);
  return (start, end) => points.slice(start, end).join("");
}

/** Matches `sticky` (flag y) exactly at `at`; what lies from `limit` on is not there. */
export function matchAt(sticky: RegExp, text: string, at: number, limit?: number): RegExpExecArray | null {
  sticky.lastIndex = at;
  return sticky.exec(limit === undefined ? text : text.slice(0, limit));
}

/** Finds `global` (flag g) from `at` on; what lies from `limit` on is not there. */
export function searchFrom(global: RegExp, text: string, at: number, limit?: number): RegExpExecArray | null {
  global.lastIndex = Math.max(at, 0);
  return global.exec(limit === undefined ? text : text.slice(0, limit));
}

/** How many of `sorted` are at most `most`; fastest where that is `hint` or a little more. */
export function countUpTo(sorted: ArrayLike<number>, most: number, hint: number): number {
  const size = sorted.length;
  let low = hint <= size && (hint === 0 || (sorted[hint - 1] as number) <= most) ? hint : 0;
  let step = 1;
  while (low + step <= size && (sorted[low + step - 1] as number) <= most) {
    low += step;
    step *= 2;
  }
  let high = Math.min(low + step, size + 1);
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((sorted[middle - 1] as number) <= most) low = middle;
    else high = middle;
  }
  return low;
}
