/** Checks of secrets by their shape: random tokens, encoded text, private keys, bare schemes. */

import type { Check } from "./addresses";
import { atStart, pattern, whole } from "./constants";
import { scopeOf } from "./ends";
import { isDrawn, isPlaceholder } from "./fields";
import { ENCODED } from "./rules";
import { flattened, isAlpha, isDecimal, isSpace, matchAt, searchFrom } from "./text";
import type { Span } from "./values";
import { isInForm } from "./views";

const KNOWN_HASH = pattern("tokens.KNOWN_HASH");
const KNOWN_ID = pattern("tokens.KNOWN_ID");
const PUBLIC = atStart("tokens.PUBLIC");
const HASH_AT_START = atStart("tokens.HASH_AT_START");
const CACHE_KEY = whole("tokens.CACHE_KEY");
const ASSET = pattern("tokens.ASSET", "y");
const VERSION = atStart("tokens.VERSION");
const HEX = whole("tokens.HEX");
const PART = pattern("tokens.PART", "g");
const PATH_WORD = whole("tokens.PATH_WORD");
const SPLIT = pattern("tokens.SPLIT", "g");
const WORDY = pattern("tokens.WORDY", "g");
const UNSPEAKABLE = pattern("tokens.UNSPEAKABLE");
const KEY_BODY = pattern("tokens.KEY_BODY", "y");
const KEY_END = pattern("tokens.KEY_END", "y");
const KEY_LINE_BEFORE = pattern("tokens.KEY_LINE_BEFORE", "g");
const BEARER_WORDS = whole("tokens.BEARER_WORDS");
/** Signs of one kind. */
const STRETCH = /[a-z]+|[A-Z]+|[0-9]+|[^A-Za-z0-9]+/g;
const LONGEST_KEY_LINE = 120;
const LONGEST_KEY = 20_000;
const LEAST_DRAWN = 10;
const CONTROL = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/;

/** Refuses a key-shaped word without a digit, or of too few signs, or that is a stand-in. */
export const checkMixed: Check = (text, start, end, options) => {
  const { prefix = 4, least_signs = 5, random, digits = true } = options;
  const secret = text.slice(start, end);
  const body = secret.slice(prefix);
  const isKey = /\p{Nd}/u.test(secret) || (!digits && /\p{Lu}/u.test(body));
  if (!isKey || isPlaceholder(secret)) return [];
  if (random && !hasRandomTail(secret)) return [];
  return new Set(body).size < least_signs ? [] : [[start, end]];
};

/** Whether what follows the last word of a shaped key mixes digits in. */
function hasRandomTail(secret: string): boolean {
  const tail = secret.replace(/^[^_]*_(?:[^_]*_)?/, "");
  const longest = Math.max(...tail.split("_").map((part) => part.length));
  return (tail.match(/\p{Nd}/gu)?.length ?? 0) >= 2 && longest >= 8;
}

/** Takes the token after a scheme; refuses words (`Bearer realm=…`, `bearer of news`). */
export const checkBearer: Check = (text, start, end) => {
  const secret = text.slice(start, end);
  const isLong = secret.length >= 20 && secret.toLowerCase() !== secret && !secret.includes(".");
  if (BEARER_WORDS.test(secret.replace(/=+$/, "")) && !isLong) return [];
  if (isPlaceholder(secret) || secret.replace(/=+$/, "").includes("=")) return [];
  return [[start, end]];
};

/** Takes what is said to be a password when letters and digits are mixed in it. */
export const checkSpoken: Check = (text, start, end) => {
  let secret = text.slice(start, end).replace(/[.,;:!?)]+$/, "");
  const kept = text.slice(start, start + secret.length + 1);
  const next = text.charAt(start + kept.length);
  if (/[!?]$/.test(kept) && (next === "" || ", .".includes(next))) secret = kept;
  const signs = Array.from(secret);
  const letters = signs.filter(isAlpha).join("");
  if (!letters || VERSION.test(secret)) return [];
  if (!signs.some(isDecimal) && (letters.length < LEAST_DRAWN || !isDrawn(letters))) return [];
  if (isPlaceholder(secret) || /[=(]/.test(secret)) return [];
  return [[start, start + secret.length]];
};

/** Takes `Basic …` when it decodes to `user:password`. */
export const checkBasic: Check = (text, start, end) => {
  return plainOf(text.slice(start, end))?.includes(":") ? [[start, end]] : [];
};

/** Takes a private key with its body, to its END line, or as far as it looks like one. */
export const checkKeyBlock: Check = (text, start, end) => {
  const limit = end + LONGEST_KEY;
  const dashes = text.slice(end, limit).indexOf("-----");
  const close = dashes < 0 ? null : matchAt(KEY_END, text, end + dashes);
  if (close) return [[start, close.index + close[0].length]];
  let finish = end + (matchAt(KEY_BODY, text, end, limit)?.[0].length ?? 0);
  while (finish > end && isSpace(text.charAt(finish - 1))) finish--;
  return [[start, finish]];
};

/** Takes the END line of a private key with the lines of base64 before it. */
export const checkKeyTail: Check = (text, start, end) => {
  const least = Math.max(0, start - LONGEST_KEY);
  let begin = start;
  while (begin > least) {
    const from = Math.max(least, begin - LONGEST_KEY_LINE);
    const line = searchFrom(KEY_LINE_BEFORE, text, from, begin);
    if (!line?.[0]) break;
    begin = line.index;
  }
  return [[begin, end]];
};

/** Takes base64 text with something to scrub inside (by `finds`), and random tokens. */
export function checkBlob(
  text: string,
  start: number,
  from: number,
  finds: (plain: string) => boolean,
): Span[] {
  let end = from;
  while (text.charAt(end) === "=" && text.slice(end - 2, end) !== "==") end++;
  end = scopeOf(text, start, end);
  const blob = text.slice(start, end);
  if (blob === blob.toLowerCase() && /[a-z]/.test(blob) && longestPart(blob).length < 28) return [];
  if (new Set(blob).size < 10 || HASH_AT_START.test(blob)) return [];
  const plain = plainOf(blob);
  if (plain !== undefined) return finds(plain) ? [[start, end, ENCODED]] : [];
  if (matchAt(ASSET, text, end) || CACHE_KEY.test(blob)) return [];
  const spans = isPath(blob) ? randomParts(blob, start) : isSecret(blob) && !isBoundary(text, start) ? [[start, end] as Span] : [];
  if (!spans.length || (!isPath(blob) && blob.includes("+") && isInForm(text, start, end))) return [];
  const before = text.slice(Math.max(0, start - 32), start);
  return KNOWN_HASH.test(before) || KNOWN_ID.test(before) ? [] : spans;
}

/** Whether the line begins with two dashes, as those between the parts of a MIME message. */
function isBoundary(text: string, start: number): boolean {
  const before = text.charAt(start - 1);
  if (before === "\\") return /^[nr]--/.test(text.slice(start, start + 3));
  return /^[\r\n]?$/.test(before) && text.startsWith("--", start);
}

function randomParts(blob: string, start: number): Span[] {
  return Array.from(blob.matchAll(PART))
    .filter(([part]) => isSecret(part))
    .map(({ 0: part, index }): Span => [start + index, start + index + part.length]);
}

function isSecret(token: string): boolean {
  return isRandom(token) && !PUBLIC.test(token);
}

function longestPart(token: string): string {
  return token.split(SPLIT).reduce((one, other) => (other.length > one.length ? other : one));
}

/** Whether the slashes of `blob` part words, as in a path, not signs of base64. */
function isPath(blob: string): boolean {
  if (!blob.includes("/")) return false;
  return blob.startsWith("/") || blob.split("/").some((part) => PATH_WORD.test(part));
}

/** The text that base64 stands for, or undefined when it stands for no text. */
function plainOf(blob: string): string | undefined {
  const body = blob.replace(/=+$/, "").replaceAll("-", "+").replaceAll("_", "/");
  if (body.length % 4 === 1 || !/^[A-Za-z0-9+/]*$/.test(body)) return undefined;
  try {
    const data = Uint8Array.from(atob(body), (char) => char.charCodeAt(0));
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(data);
    return CONTROL.test(text) ? undefined : flattened(text);
  } catch {
    return undefined;
  }
}

/** Whether the signs of `blob` change kind as often as those of a drawn token do. */
function isRandom(blob: string): boolean {
  const body = blob.replace(/=+$/, "");
  const longest = longestPart(body);
  const isWhole = /[A-Z]/.test(body) && longest.length * 3 >= body.length;
  const token = isWhole ? body : longest;
  if (token.length < 24 || HEX.test(token) || new Set(token).size < 13) return false;
  const isMixed = /[a-z]/.test(token) && /[A-Z]/.test(token);
  if (!/[0-9]/.test(token) || (token.length !== body.length && longest.length < 20)) return false;
  const turns = ((token.match(STRETCH)?.length ?? 1) - 1) / (token.length - 1);
  if (turns < (isMixed ? 0.34 : 0.3)) return false;
  if (!isMixed && (token.length < 28 || !/[a-z]/.test(token))) return false;
  return wordiness(token) < (isMixed || token.length >= 32 ? 0.4 : 0.3);
}

/** Share of the signs that stand in something like a word. */
function wordiness(token: string): number {
  const words = token.match(WORDY)?.filter((word) => !UNSPEAKABLE.test(word)) ?? [];
  return words.reduce((sum, word) => sum + word.length, 0) / token.length;
}
