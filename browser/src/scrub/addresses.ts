/** Checks of what leads to a person or machine: mail and network addresses. */

import { pattern, whole, wordSet } from "./constants";
import { type Options, URL_USER } from "./rules";
import { isAlnum, matchAt, strip } from "./text";
import type { Span } from "./values";

export type Check = (text: string, start: number, end: number, options: Options) => Span[];

const FILE_ENDINGS = wordSet("addresses.FILE_ENDINGS");
const REPOSITORY_USERS = wordSet("addresses.REPOSITORY_USERS");
const RELEASE = whole("addresses.RELEASE");
const GLUED = pattern("addresses.GLUED");
const PROPERTY = pattern("addresses.PROPERTY");
const NOT_USERINFO = pattern("addresses.NOT_USERINFO");
const PORT = pattern("addresses.PORT", "y");
const PRODUCT = pattern("addresses.PRODUCT");
const COMPARED = /(?:[=~<>!^]=|[~^])$/;
const BEHIND_WORD = " \t=:\"'([@,";
const PEER_WORDS = wordSet("addresses.PEER_WORDS");
const REPLACED = pattern("addresses.REPLACED");
const VERSIONED = pattern("addresses.VERSIONED");
const VERSIONED_AFTER = pattern("addresses.VERSIONED_AFTER", "y");
const KEPT_V4 = whole("addresses.KEPT_V4");
const HEXTET = whole("addresses.HEXTET");
const ZONE = /%(?:25)?[A-Za-z0-9][A-Za-z0-9._-]{0,15}/y;

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
  const glued = GLUED.exec(local);
  return [[glued ? start + glued.index + 1 : start, end]];
};

/** Refuses versions, net masks and loopback. */
export const checkIpv4: Check = (text, start, end) => {
  const address = text.slice(start, end);
  const parts = address.split(".");
  for (let number = 0; number < parts.length; number++) {
    const part = parts[number] as string;
    if (Number(part) > 255 || (part.length > 1 && part.startsWith("0"))) return [];
  }
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
  const word = lastWordOf(lowered);
  if (word === "from" || word === "to") return REPLACED.test(lowered);
  return !PEER_WORDS.has(word) && VERSIONED.test(lowered);
}

/** The word at the end of a text in small letters, signs behind it left out. */
function lastWordOf(lowered: string): string {
  let end = lowered.length;
  while (end > 0 && BEHIND_WORD.includes(lowered.charAt(end - 1))) end--;
  let start = end;
  while (start > 0 && lowered.charCodeAt(start - 1) >= 97 && lowered.charCodeAt(start - 1) <= 122) start--;
  return lowered.slice(start, end);
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
