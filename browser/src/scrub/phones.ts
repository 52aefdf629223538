/** The check of telephone numbers: international, of strict national shapes, or announced. */

import type { Check } from "./addresses";
import { pattern, whole, wordSet } from "./constants";
import { isAlnum, isAlpha, isDecimal, isDigit, matchAt } from "./text";
import type { Span } from "./values";
import { isInForm } from "./views";

const COUNTRY = pattern("phones.COUNTRY", "y");
const EXTENSION = pattern("phones.EXTENSION", "g");
const CLOCK = whole("phones.CLOCK");
const GO_CLOCK = whole("phones.GO_CLOCK");
const PHONE_WORD = pattern("phones.PHONE_WORD", "g");
const MARKED = pattern("phones.MARKED", "g");
const NEXT_FIELD = pattern("phones.NEXT_FIELD");
const LINK = pattern("phones.LINK");
const LAST_WORD_BEFORE = pattern("phones.LAST_WORD");
const COUNTED = wordSet("phones.COUNTED");
/** Signs before a number that may announce it, and signs between a verb and its number. */
const [ANNOUNCED, NEAR] = [32, 12];
const PHONE_WORD_AFTER = pattern("phones.PHONE_WORD_AFTER", "y");
const NEXT_SIGNED = pattern("phones.NEXT_SIGNED");
const [MOST_DIGITS, WIDEST_JOINT] = [15, 3];
const WITHIN = " +()./\u00a0\u202f\u2011\u2013-";

/**
 * Takes international numbers, strict national shapes, and any number a word announces. Where several
 * stand side by side, each is taken that is international or of such a shape.
 */
export const checkPhone: Check = (text, start, end, options) => {
  const isSigned = text.charAt(start) === "+";
  if (!standsBefore(text, start)) return [];
  const said = text.slice(start, end);
  if (!isSigned && goesOn(text, start, said)) return [];
  const number = /[x#]/.test(said) ? said.replace(EXTENSION, "") : said;
  if (NEXT_SIGNED.test(number.slice(1))) return sideBySide(text, start);
  if (number.includes("+ ") || number.includes(" +")) return []; // A sum.
  if (!isSigned && number.includes("+") && isInForm(text, start, end)) return []; // The view has blanks there.
  const count = countDigits(number);
  if (count >= MOST_DIGITS || isDigit(text.charCodeAt(end))) {
    const spans = sideBySide(text, start);
    if (spans.length) return spans;
  }
  if (count < 7 || count > MOST_DIGITS || !standsAfter(text, start, end)) return [];
  if (number.startsWith("(") && !number.includes(")")) {
    return checkPhone(text, start + 1, end, options);
  }
  if (hasShape(text, start, end, number)) return [[start, end]];
  const isOpen = !isSigned && !isDated(groupsOf(number)) && !CLOCK.test(number);
  return isOpen && count <= 13 && isAnnounced(text, start, end) ? [[start, end]] : [];
};

function groupsOf(number: string): readonly string[] {
  return number.match(/[0-9]+/g) ?? [];
}

/** Whether a number is international, or as some country prints its own. */
function hasShape(text: string, start: number, end: number, number: string): boolean {
  const groups = groupsOf(number);
  const digits = groups.join("");
  if (number.startsWith("+")) return isInternational(digits) && !GO_CLOCK.test(text.slice(Math.max(0, start - 4), end));
  return !isDated(groups) && !CLOCK.test(number) && isNational(number, digits, groups);
}

/** Takes the first numbers of a run of them, up to what is none. */
function sideBySide(text: string, start: number): Span[] {
  const spans: Span[] = [];
  for (let place = start; opensNumber(text, place); ) {
    const stop = firstEnd(text, place);
    if (stop < 0) break;
    spans.push([place, stop]);
    place = restOf(text, stop);
  }
  return spans;
}

function opensNumber(text: string, place: number): boolean {
  return isDigit(text.charCodeAt(place)) || /[(+]/.test(text.charAt(place));
}

/** Where the first of several numbers ends, or -1: the last place that one or nothing follows. */
function firstEnd(text: string, start: number): number {
  let [last, best, count, joint] = [-1, -1, 0, 0];
  for (let place = start; place < text.length; place++) {
    if (!isDigit(text.charCodeAt(place))) {
      if (place > start) joint++;
      if (joint && text.charAt(place) === "+") break; // No number has it within.
      if (!WITHIN.includes(text.charAt(place)) || joint > WIDEST_JOINT) break;
      continue;
    }
    joint = 0;
    if (++count > MOST_DIGITS) break;
    if (count < 7 || isDigit(text.charCodeAt(place + 1)) || !isOne(text, start, place + 1)) continue;
    last = place + 1;
    if (isFollowed(text, start, last)) best = last;
  }
  return best < 0 && /[+(]/.test(text.charAt(start)) ? last : best;
}

/** Whether this is one number that needs no word to announce it. */
function isOne(text: string, start: number, stop: number): boolean {
  const number = text.slice(start, stop);
  if (number.includes("+", 1) || number.startsWith("+ ") || (number.startsWith("(") && !number.includes(")"))) return false;
  return hasShape(text, start, stop, number);
}

/** Where what stands beside a number begins. */
function restOf(text: string, stop: number): number {
  let rest = stop;
  while (rest < stop + WIDEST_JOINT && /[ /]/.test(text.charAt(rest))) rest++;
  return rest;
}

/** Whether what follows a number that ends at `stop` is another one, or nothing of it. */
function isFollowed(text: string, start: number, stop: number): boolean {
  const rest = restOf(text, stop);
  if (!opensNumber(text, rest)) return standsAfter(text, start, stop);
  if (rest === stop) return false;
  const [first, sign, number] = [text.charAt(start), text.charAt(rest), text.slice(start, stop)];
  if (sign === "+" || (first === "+" && /[(0]/.test(sign))) return true;
  if (["/", "  "].some((mark) => text.slice(stop, rest).includes(mark) && !number.includes(mark))) return true;
  const sizes = new Set(groupsOf(number).map((group) => group.length));
  if (sizes.size === 1 && isDigit(first.charCodeAt(0))) return false; // A column of numbers.
  if (/[(0]/.test(sign) && sign === first) return true;
  const beyond = rest + number.length;
  const shape = (signs: string): string => signs.replace(/[0-9]/g, "0");
  return shape(text.slice(rest, beyond)) === shape(number) && !isDigit(text.charCodeAt(beyond));
}

function countDigits(text: string): number {
  let count = 0;
  for (let place = 0; place < text.length; place++) if (isDigit(text.charCodeAt(place))) count++;
  return count;
}

/** Whether the groups of the number `said` continue those of another just before it. */
function goesOn(text: string, start: number, said: string): boolean {
  if (start < 2 || !isDecimal(text.charAt(start - 2)) || !said.includes(text.charAt(start - 1))) return false;
  const least = Math.max(0, start - 40);
  let place = start - 2;
  while (place >= least && isDigit(text.charCodeAt(place))) place--;
  return place < least || !isAlpha(text.charAt(place));
}

function standsBefore(text: string, start: number): boolean {
  const last = text.charAt(start - 1);
  if (last && (isAlnum(last) || "_.#$\u20ac\u00a3+".includes(last))) return false;
  if (last === "/" && text.charAt(start) !== "+") return false; // In a path numbers count.
  // Seconds: `05:26:01.525171 5219`.
  if (last === ":" && start > 1 && isDecimal(text.charAt(start - 2)) && text.charAt(start) !== "+") return false;
  return !(last === "-" && start > 1 && isAlnum(text.charAt(start - 2)));
}

function standsAfter(text: string, start: number, end: number): boolean {
  const [after, next] = [text.charAt(end), text.charAt(end + 1)];
  if (!after) return true;
  if (isAlnum(after) || "_%".includes(after)) return false;
  if (after === "," && next) return text.charAt(start) === "+" || !isDecimal(next);
  const joints = text.charAt(start) === "+" ? "-.:" : "-.:/";
  return !(next && joints.includes(after) && isAlnum(next));
}

function isInternational(digits: string): boolean {
  const code = matchAt(COUNTRY, digits, 0)?.[0];
  if (!code) return false;
  return code === "1" || code === "7" ? digits.length === 11 : digits.length >= 9 && digits.length <= 15;
}

/** Whether the groups begin like a date: 2026-11-23 …, 23.11.2026 … */
function isDated([first = "", second = "", third]: readonly string[]): boolean {
  if (third === undefined) return false;
  if (first.length === 4 && second.length === 2 && third.length === 2) {
    return /^(?:19|20)/.test(first) && Number(second) <= 12 && Number(third) <= 31;
  }
  return first.length === 2 && second.length === 2 && third.length === 4 && /^(?:19|20)/.test(third);
}

function isNational(number: string, digits: string, groups: readonly string[]): boolean {
  const sizes = groups.map((group) => group.length);
  const [first = 0] = sizes;
  const least = Math.min(...sizes);
  const shape = sizes.join();
  if (sizes.length === 1) return false;
  if (shape === "3,3,4" || shape === "1,3,3,4") {
    const isValid = /^[2-9]..[2-9]/.test(digits.slice(-10));
    if (first === 1 && digits.startsWith("1")) return isValid;
    if (isValid && /[-.(]/.test(number) && first === 3) return true;
  }
  if (digits.startsWith("00") && first > 1) {
    return digits.length >= 11 && digits.length <= 15 && matchAt(COUNTRY, digits, 2) !== null;
  }
  if (digits.startsWith("0")) {
    return digits.length >= 9 && digits.length <= 12 && least >= 2 && first <= 5 && shape !== "5,4";
  }
  if (number.startsWith("(") && number.slice(0, first + 2).includes(")")) {
    return digits.length >= 8 && digits.length <= 12 && first >= 2 && first <= 5 && least >= 2;
  }
  return (
    (shape === "3,4,4" && /^1[3-9]/.test(digits)) ||
    (shape === "2,5,4" && digits.charAt(2) === "9") ||
    (shape === "1,3,3,2,2" && /^[78]/.test(digits))
  );
}

function isAnnounced(text: string, start: number, end: number): boolean {
  const low = Math.max(0, start - ANNOUNCED);
  let from: number | undefined;
  for (const { 0: word, 1: compound, 2: verb, index } of text.slice(low, start).matchAll(PHONE_WORD)) {
    const place = low + index;
    if (!compound && !beginsWord(text, place)) continue;
    from ??= saidFrom(text, start);
    const gap = text.slice(place + word.length, start);
    if (place >= from && (!verb || gap.length <= NEAR || LINK.test(gap))) return true;
  }
  return matchAt(PHONE_WORD_AFTER, text, end) !== null;
}

/** Whether a word begins there: `tel` of `workTel`, not of `hotel`. */
function beginsWord(text: string, place: number): boolean {
  const before = text.charAt(place - 1);
  return !isAlpha(before) || (/[a-z]/.test(before) && /[A-Z]/.test(text.charAt(place)));
}

/**
 * From where on words speak of the number at `start`: not those before a marker, which is nearer
 * than what it stands for; nor before a field of its own; none at all before a number that is said
 * to count something.
 */
function saidFrom(text: string, start: number): number {
  const last = LAST_WORD_BEFORE.exec(text.slice(Math.max(0, start - ANNOUNCED), start))?.[1];
  if (last && COUNTED.has(last.toLowerCase())) return start;
  const least = Math.max(0, start - 2 * ANNOUNCED);
  const before = text.slice(least, start);
  let low = 0;
  for (const { 0: marker, index } of before.matchAll(MARKED)) low = index + marker.length;
  const field = NEXT_FIELD.exec(before.slice(low));
  return least + low + (field?.index ?? 0);
}
