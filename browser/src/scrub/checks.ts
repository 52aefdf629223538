/** The named checks that rules ask for: code decides where a pattern can only suspect. */

import {
  type Check,
  checkEmail,
  checkIpv4,
  checkIpv6,
  checkMac,
  checkUserinfo,
} from "./addresses";
import { pattern, wordSet } from "./constants";
import { ibanEnd, isBranded, isLuhn, isOfficial } from "./numbers";
import { checkPhone } from "./phones";
import { isAlpha, isAsciiAlnum, isDecimal, searchFrom } from "./text";
import { checkBasic, checkBearer, checkKeyBlock, checkKeyTail, checkMixed, checkSpoken } from "./tokens";

const CARD_SIZES = wordSet("checks.CARD_SIZES");
const LEAST_GROUP = Math.min(...Array.from(CARD_SIZES, (sizes) => parseInt(sizes, 10)));
const ORDER_WORDS = wordSet("checks.ORDER_WORDS");
const NUMBER_WORDS = wordSet("checks.NUMBER_WORDS");
const ROUTE_BEFORE = pattern("checks.ROUTE_BEFORE", "g");

/** Luhn, a brand's prefix and length, groups as printed; a bare number must not be an id. */
const checkCard: Check = (text, start, end) => {
  const number = text.slice(start, end);
  if (number.search(/[^0-9]/) < LEAST_GROUP && !isDecimal(number)) return [];
  const groups = number.match(/[0-9]+/g) ?? [];
  const digits = groups.join("");
  if (groups.length > 1 && !CARD_SIZES.has(groups.map((group) => group.length).join())) return [];
  if (!isBranded(digits) || !isLuhn(digits) || new Set(digits).size === 1) return [];
  if (groups.length === 1 && isCounted(text.slice(Math.max(0, start - 32), start))) return [];
  return [[start, end]];
};

/** Whether the words before a number say that it counts things: `order number: `. */
function isCounted(before: string): boolean {
  const trimmed = before.replace(/["' :=#]+$/, "");
  const gap = before.length - trimmed.length;
  const words = trimmed.toLowerCase().match(/[a-z]+/g) ?? [];
  const [last = "", previous = ""] = words.reverse();
  if (gap < 1 || gap > 3 || !last || !isAlpha(trimmed.slice(-1))) return false;
  return ORDER_WORDS.has(last) || (NUMBER_WORDS.has(last) && ORDER_WORDS.has(previous));
}

/** What is no account in a country spelt in hex (AE, BA, BE, DE, EE: digits only) but a digest. */
const HEX_WITH_LETTERS = /^[0-9]*[a-f][0-9a-f]*$/;

/** Takes exactly the country's length; ISO 7064 mod 97-10 decides. */
const checkIban: Check = (text, start, _end, { lengths }) => {
  const length = lengths?.[text.slice(start, start + 2).toUpperCase()];
  if (length === undefined) return [];
  const finish = ibanEnd(text, start, length);
  if (finish < 0 || isAsciiAlnum(text.charAt(finish))) return [];
  return HEX_WITH_LETTERS.test(text.slice(start + 2, finish)) ? [] : [[start, finish]];
};

/** Asks the scheme's own check of an official number; `near` words must stand around it. */
const checkOfficial: Check = (text, start, end, { near, schemes }) => {
  const number = text.slice(start, end).replace(/[^0-9A-Za-z]/g, "").toUpperCase();
  if (near ? !isNear(text, start, end, near) : isInColumn(text, start, end)) return [];
  const isValid = Array.from(schemes ?? []).some((scheme) => isOfficial(scheme, number));
  return isValid ? [[start, end]] : [];
};

/** Whether blanks part a number within, and from another one: `302 500 2425 85868`. */
function isInColumn(text: string, start: number, end: number): boolean {
  if (!text.slice(start, end).includes(" ")) return false;
  return /^\p{Nd} $/u.test(text.slice(Math.max(0, start - 2), start)) || /^ \p{Nd}$/u.test(text.slice(end, end + 2));
}

/** Asks only for one of the `near` words around. */
const checkNear: Check = (text, start, end, { near }) => {
  return near && isNear(text, start, end, near) ? [[start, end]] : [];
};

function isNear(text: string, start: number, end: number, words: RegExp): boolean {
  return (
    searchFrom(words, text, start - 48, start) !== null ||
    searchFrom(words, text, end, end + 32) !== null
  );
}

/** Takes the name of a home folder; refuses shared folders and routes of a site. */
const checkHome: Check = (text, start, end, { shared, pages }) => {
  const name = text.slice(start, end).toLowerCase();
  if (shared?.has(name)) return [];
  const least = Math.max(0, start - 12);
  const root = text.slice(least, start).lastIndexOf("/home") + least;
  if (root < least) return [[start, end]];
  if (searchFrom(ROUTE_BEFORE, text, root - 20, root)) return [];
  if (!pages?.has(name)) return [[start, end]];
  const next = text.charAt(end);
  if (next !== "/" && next !== "\\") return [];
  return root && " \"'=".includes(text.charAt(root - 1)) ? [] : [[start, end]];
};

const LEAST_ADVERB = 8;

/** Takes a user name a known sentence names; refuses words that only follow "user". */
const checkUser: Check = (text, start, end, { words }) => {
  const name = text.slice(start, end).replace(/[.,:;]+$/, "");
  if (name.length < 2 || words?.has(name.toLowerCase()) || isDecimal(name)) return [];
  if (name.length >= LEAST_ADVERB && name.endsWith("ly")) return []; // `emily` is none
  const isQuoted = start > 0 && "'\"`".includes(text.charAt(start - 1));
  if (!isQuoted && (name.includes("_id") || name.includes("="))) return [];
  return [[start, start + name.length]];
};

export const CHECKS: Readonly<Record<string, Check>> = {
  email: checkEmail,
  ipv4: checkIpv4,
  ipv6: checkIpv6,
  mac: checkMac,
  phone: checkPhone,
  userinfo: checkUserinfo,
  card: checkCard,
  iban: checkIban,
  official: checkOfficial,
  near: checkNear,
  home: checkHome,
  user: checkUser,
  mixed: checkMixed,
  bearer: checkBearer,
  basic: checkBasic,
  spoken: checkSpoken,
  "key-block": checkKeyBlock,
  "key-tail": checkKeyTail,
};
