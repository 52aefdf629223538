/** Checks of what leads to a person or machine: mail, network and telephone addresses. */

import { pattern, whole, wordSet } from "./constants";
import { type Options, URL_USER } from "./rules";
import { isAlnum, isAlpha, isDecimal, isDigit, matchAt, strip } from "./text";
import type { Span } from "./values";
import { isInForm } from "./views";

export type Check = (text: string, start: number, end: number, options: Options) => Span[];

const FILE_ENDINGS = wordSet("addresses.FILE_ENDINGS");
const REPOSITORY_USERS = wordSet("addresses.REPOSITORY_USERS");
const RELEASE = whole("addresses.RELEASE");
const PROPERTY = pattern("addresses.PROPERTY");
const NOT_USERINFO = pattern("addresses.NOT_USERINFO");
const PORT = pattern("addresses.PORT", "y");
const PRODUCT = pattern("addresses.PRODUCT");
const COMPARED = /(?:[=~<>!^]=|[~^])$/;
const LAST_WORD = /([a-z]*)[ \t=:"'([@,]*$/;
const PEER_WORDS = wordSet("addresses.PEER_WORDS");
const REPLACED = pattern("addresses.REPLACED");
const VERSIONED = pattern("addresses.VERSIONED");
const VERSIONED_AFTER = pattern("addresses.VERSIONED_AFTER", "y");
const KEPT_V4 = whole("addresses.KEPT_V4");
const HEXTET = whole("addresses.HEXTET");
const ZONE = /%(?:25)?[A-Za-z0-9][A-Za-z0-9._-]{0,15}/y;
const COUNTRY = pattern("addresses.COUNTRY", "y");
const EXTENSION = pattern("addresses.EXTENSION", "g");
const CLOCK = whole("addresses.CLOCK");
const GO_CLOCK = whole("addresses.GO_CLOCK");
const PHONE_WORD = pattern("addresses.PHONE_WORD", "g");
const MARKED = pattern("addresses.MARKED", "g");
const NEXT_FIELD = pattern("addresses.NEXT_FIELD");
const LINK = pattern("addresses.LINK");
const LAST_WORD_BEFORE = pattern("addresses.LAST_WORD");
const COUNTED = wordSet("addresses.COUNTED");
/** Signs before a number that may announce it, and signs between a verb and its number. */
const [ANNOUNCED, NEAR] = [32, 12];
const PHONE_WORD_AFTER = pattern("addresses.PHONE_WORD_AFTER", "y");

/** Refuses files (`icon@2x.png`), versions, repositories and the user part of a URL. */
export const checkEmail: Check = (text, start, end) => {
  const address = text.slice(start, end);
  const at = address.lastIndexOf("@");
  const [local, domain] = [address.slice(0, Math.max(at, 0)), address.slice(at + 1)];
  const ending = domain.slice(domain.lastIndexOf(".") + 1).toLowerCase();
  if (FILE_ENDINGS.has(ending) || REPOSITORY_USERS.has(local) || RELEASE.test(domain)) return [];
  if (text.charAt(end) === ":" && REPOSITORY_USERS.has(local.toLowerCase())) return [];
  const lead = text.slice(Math.max(0, start - 203), start);
  const scheme = lead.lastIndexOf("://");
  if (scheme >= 0 && !NOT_USERINFO.test(lead.slice(scheme + 3))) return [];
  return [[start, end]];
};

/** Refuses versions, net masks and loopback. */
export const checkIpv4: Check = (text, start, end) => {
  const address = text.slice(start, end);
  const parts = address.split(".");
  if (parts.some((part) => Number(part) > 255 || (part.startsWith("0") && part.length > 1))) return [];
  if (KEPT_V4.test(address)) return [];
  if (text.charAt(end) === "." && isAlnum(text.charAt(end + 1))) return [];
  if (matchAt(VERSIONED_AFTER, text, end)) return [];
  return isVersion(text, start) ? [] : [[start, end]];
};

function isVersion(text: string, start: number): boolean {
  const before = text.slice(Math.max(0, start - 48), start);
  if (!before) return false;
  if (before.endsWith("/")) return PRODUCT.test(before);
  if (COMPARED.test(strip(before))) return true;
  const lowered = before.toLowerCase();
  const word = LAST_WORD.exec(lowered)?.[1] ?? "";
  if (word === "from" || word === "to") return REPLACED.test(lowered);
  return !PEER_WORDS.has(word) && VERSIONED.test(lowered);
}

/** Refuses what does not parse, times, `a::b` of code, loopback; takes a zone along. */
export const checkIpv6: Check = (text, start, end) => {
  let address = text.slice(start, end);
  let finish = end;
  if (address.endsWith(":") && !address.endsWith("::")) {
    address = address.slice(0, -1);
    finish -= 1;
  }
  const groups = hextets(address);
  if (!groups) return [];
  const first = groups[0] ?? 0;
  const isPrivate = (first >= 0xfc00 && first < 0xfe00) || (first >= 0xfe80 && first < 0xfec0);
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  const isGlobal = first >= 0x2000 && first < 0x4000;
  if (!isGlobal && !isPrivate && !isMapped && first !== 0x64 && first !== 0x100) return [];
  if (!/[0-9]/.test(address)) return [];
  return [[start, finish + (matchAt(ZONE, text, finish)?.[0].length ?? 0)]];
};

/** The eight groups of an IPv6 address. */
function hextets(address: string): number[] | undefined {
  const gap = address.indexOf("::");
  const [head, tail] = gap < 0 ? [address, ""] : [address.slice(0, gap), address.slice(gap + 2)];
  if (tail.includes("::") || (gap >= 0 && (head.endsWith(":") || tail.startsWith(":")))) return undefined;
  const front = groupsOf(head);
  const back = groupsOf(tail);
  if (!front || !back) return undefined;
  const known = front.length + back.length;
  if (gap >= 0 ? known > 7 : known !== 8) return undefined;
  return [...front, ...Array<number>(8 - known).fill(0), ...back];
}

function groupsOf(side: string): number[] | undefined {
  const groups: number[] = [];
  const parts = side ? side.split(":") : [];
  for (const [index, part] of parts.entries()) {
    if (part.includes(".") && index === parts.length - 1) {
      const octets = part.split(".");
      if (octets.length !== 4 || octets.some((octet) => !/^[0-9]+$/.test(octet) || Number(octet) > 255)) {
        return undefined;
      }
      const [a = 0, b = 0, c = 0, d = 0] = octets.map(Number);
      groups.push(a * 256 + b, c * 256 + d);
    } else if (HEXTET.test(part)) {
      groups.push(parseInt(part, 16));
    } else {
      return undefined;
    }
  }
  return groups;
}

/** Refuses parts of longer fingerprints and the addresses of nobody. */
export const checkMac: Check = (text, start, end) => {
  const joint = isAlnum(text.charAt(start + 2)) ? "." : text.charAt(start + 2);
  if (text.charAt(end) === joint && isAlnum(text.charAt(end + 1))) return [];
  if (start > 1 && text.charAt(start - 1) === joint && isAlnum(text.charAt(start - 2))) return [];
  const digits = text.slice(start, end).replace(/[^0-9A-Fa-f]/g, "").toLowerCase();
  return digits === "000000000000" || digits === "ffffffffffff" ? [] : [[start, end]];
};

/** Takes `user:password` between `://` and the last `@` before the host. */
export const checkUserinfo: Check = (text, start, end, options) => {
  const place = start + 3;
  const host = text.slice(0, end).lastIndexOf("@");
  const info = text.slice(place, host);
  const colon = info.indexOf(":");
  const user = colon < 0 ? info : info.slice(0, colon);
  const password = colon < 0 ? "" : info.slice(colon + 1);
  if (matchAt(PORT, password, 0)) return [];
  if (text.slice(Math.max(0, start - 9), start) === "sqlserver" && PROPERTY.test(info)) return [];
  const spans: Span[] = [];
  if (user && !options.plain_users?.has(user.toLowerCase())) {
    spans.push([place, place + user.length, URL_USER]);
  }
  if (password && !password.startsWith("[")) spans.push([place + user.length + 1, host]);
  return spans;
};

/** Takes international numbers, strict national shapes, and any number a word announces. */
export const checkPhone: Check = (text, start, end, options) => {
  const isSigned = text.charAt(start) === "+";
  if (start && isAlnum(text.charAt(start - 1))) return [];
  const said = text.slice(start, end);
  if (!isSigned && goesOn(text, start, said)) return [];
  const number = /[x#]/.test(said) ? said.replace(EXTENSION, "") : said;
  if (number.includes("+ ") || number.includes(" +")) return []; // A sum.
  if (!isSigned && number.includes("+") && isInForm(text, start, end)) return []; // The view has blanks there.
  const count = countDigits(number);
  if (count < 7 || count > 15 || !standsAlone(text, start, end)) return [];
  if (number.startsWith("(") && !number.includes(")")) {
    return checkPhone(text, start + 1, end, options);
  }
  const groups = number.match(/[0-9]+/g) ?? [];
  const digits = groups.join("");
  let fits: boolean;
  if (isSigned) fits = isInternational(digits) && !GO_CLOCK.test(text.slice(Math.max(0, start - 4), end));
  else if (isDated(groups) || CLOCK.test(number)) fits = false;
  else fits = isNational(number, digits, groups) || (count <= 13 && isAnnounced(text, start, end));
  return fits ? [[start, end]] : [];
};

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

function standsAlone(text: string, start: number, end: number): boolean {
  const last = text.charAt(start - 1);
  if (last && (isAlnum(last) || "_.#$\u20ac\u00a3+".includes(last))) return false;
  if (last === "/" && text.charAt(start) !== "+") return false; // In a path numbers count.
  if (last === "-" && start > 1 && isAlnum(text.charAt(start - 2))) return false;
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
  if (digits.startsWith("00")) {
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
