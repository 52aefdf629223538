/** What a field's name says about its value, and whether the value looks the part. */

import { atStart, pattern, whole } from "./constants";
import { cutter, isDecimal, strip } from "./text";

export type Shape =
  | "any"
  | "mixed"
  | "auth"
  | "cookie"
  | "user"
  | "user-id"
  | "person"
  | "address"
  | "date"
  | "code"
  | "phone"
  | "card"
  | "account"
  | "official"
  | "pwd"
  | "long"
  | "uid"
  | "pass";

/** A rule or a class of field names: what names the marker. Lower ranks win where two overlap. */
export interface Label {
  id: string;
  rank: number;
  marker: string;
}

/** Field names that say what their value is: by their end, their last words, or as a whole. */
export interface KeyClass extends Label {
  kind: string;
  values: Shape;
  ends: readonly string[];
  words: readonly string[];
  names: readonly string[];
}

const WORDS = pattern("fields.WORDS", "g");
const ID = whole("fields.ID");
const HIDDEN = whole("fields.HIDDEN");
const CODE = whole("fields.CODE");
const PLAIN_WORD = whole("fields.PLAIN_WORD");
const LONG_PART = pattern("fields.LONG_PART", "g");
const HUMP = pattern("fields.HUMP", "g");
const ENCODED = whole("fields.ENCODED");
const PATH_PART = pattern("fields.PATH_PART");
const COLUMN = whole("fields.COLUMN");
const UUID = whole("fields.UUID");
const IP = atStart("fields.IP");
const PERSON = whole("fields.PERSON");
const USER = whole("fields.USER");
const DATE = whole("fields.DATE");
const STREET = pattern("fields.STREET");
const MOST_CACHED = 2000;
/** In code points. */
const LONGEST_NAME = 200;

/** The words of a field's name, lower case: `dbPassword2` → db, password, 2. */
export function wordsOf(name: string): string[] {
  return name.match(WORDS)?.map((word) => word.toLowerCase()) ?? [];
}

/** An entry of the book as the words that names are read in: `cvv2` → `cvv 2`. */
function phraseOf(entry: string): string {
  return wordsOf(entry).join(" ");
}

export interface NameTables {
  classes: readonly KeyClass[];
  safe: ReadonlySet<string>;
  safeWords: readonly string[];
  suffixes: ReadonlySet<string>;
}

/** The table of telling names. */
export class FieldNames {
  #safe: ReadonlySet<string>;
  #safeWords: string[];
  #suffixes: ReadonlySet<string>;
  #longestSuffix = 1;
  #names = new Map<string, KeyClass>();
  #words = new Map<string, KeyClass>();
  #ends = new Map<string, KeyClass>();
  #longestEnd = 0;
  #cache = new Map<string, KeyClass | undefined>();

  constructor({ classes, safe, safeWords, suffixes }: NameTables) {
    this.#safe = safe;
    this.#safeWords = safeWords.map((phrase) => ` ${phraseOf(phrase)}`);
    this.#suffixes = new Set(Array.from(suffixes, phraseOf));
    for (const suffix of this.#suffixes) {
      this.#longestSuffix = Math.max(this.#longestSuffix, suffix.split(" ").length);
    }
    for (const entry of classes) {
      for (const name of entry.names) this.#names.set(name.replaceAll(" ", ""), entry);
      for (const phrase of entry.words) setOnce(this.#words, phraseOf(phrase), entry);
      for (const phrase of entry.ends) setOnce(this.#ends, phrase.replaceAll(" ", ""), entry);
    }
    for (const end of this.#ends.keys()) this.#longestEnd = Math.max(this.#longestEnd, end.length);
  }

  /** The class of a field's name, or undefined when it says nothing. */
  classify(name: string): KeyClass | undefined {
    if (this.#cache.has(name)) return this.#cache.get(name);
    const found = this.#classify(cutter(name)(0, LONGEST_NAME));
    if (this.#cache.size >= MOST_CACHED) this.#cache.clear();
    this.#cache.set(name, found);
    return found;
  }

  /** How many of the last words are a suffix behind others; the longest counts. */
  #suffixSize(words: readonly string[]): number {
    let size = Math.min(this.#longestSuffix, words.length - 1);
    while (size > 0 && !this.#suffixes.has(words.slice(-size).join(" "))) size--;
    return Math.max(size, 0);
  }

  #classify(name: string): KeyClass | undefined {
    if (ID.test(name)) return undefined;
    const words = wordsOf(name);
    if (!words.length || this.#safe.has(words.join(""))) return undefined;
    for (let size = this.#suffixSize(words); size; size = this.#suffixSize(words)) words.length -= size;
    const joined = words.join("");
    const phrase = ` ${words.join(" ")}`;
    if (this.#safe.has(joined) || this.#safeWords.some((tail) => phrase.endsWith(tail))) {
      return undefined;
    }
    const whole = this.#names.get(joined);
    if (whole) return whole;
    // The longest tail wins: with each word left out in front, the tail gets shorter.
    for (let first = 0; first < words.length; first++) {
      const found = this.#words.get(words.slice(first).join(" "));
      if (found) return found;
    }
    for (let size = Math.min(joined.length, this.#longestEnd); size > 0; size--) {
      const found = this.#ends.get(joined.slice(-size));
      if (found) return found;
    }
    return undefined;
  }
}

function setOnce(table: Map<string, KeyClass>, phrase: string, entry: KeyClass): void {
  if (!table.has(phrase)) table.set(phrase, entry);
}

/** Whether `value` stands for a secret instead of being one: `***`, `${TOKEN}`, `[email]`. */
export function isPlaceholder(value: string): boolean {
  return HIDDEN.test(value);
}

/** Whether `value` can be what its field's name promises; `safe` are values that tell nothing. */
export function suits(shape: Shape, value: string, safe: ReadonlySet<string>): boolean {
  if (!value || isPlaceholder(value)) return false;
  if (value.length < 40 && safe.has(value.toLowerCase())) return false;
  if ("([{".includes(value.charAt(0))) {
    if (!/[^()[\]{}]/.test(value)) return false;
    const plain = value.length < 40 ? value.replace(/^[()[\]{}]+|[()[\]{}]+$/g, "") : "";
    if (safe.has(plain.toLowerCase())) return false;
  }
  return SHAPES[shape](value);
}

function hasDigit(value: string): boolean {
  return /[0-9]/.test(value);
}

/** Whether a value with slashes in it is base64, not a path. */
export function isEncoded(value: string): boolean {
  if (!ENCODED.test(value) || PATH_PART.test(value)) return false;
  return hasDigit(value) && value.toLowerCase() !== value && value.toUpperCase() !== value;
}

/** Whether it is names with joints, `user.password`, or a call, and no part looks drawn. */
function isCode(value: string): boolean {
  return CODE.test(value) && !value.match(LONG_PART)?.some(isDrawn);
}

/** Whether long letters of both cases make few words: `vxugYVkccBzQqWWeRtKlM`. */
export function isDrawn(letters: string): boolean {
  if (letters.toLowerCase() === letters || letters.toUpperCase() === letters) return false;
  return (letters.match(HUMP)?.join("").length ?? 0) * 2 < letters.length;
}

/** Random-looking: digits among letters, both cases, or long; a word or a path is not. */
function isMixed(value: string): boolean {
  if (value.length < 6 || strip(value).includes(" ") || value.includes("://")) return false;
  if ("{[(".includes(value.charAt(0)) || (value.startsWith("/") && !isEncoded(value))) return false;
  if (isDecimal(value) || hasDigit(value)) return true;
  if (PLAIN_WORD.test(value) || isCode(value)) return value.length >= 24 && !/[_.-]/.test(value);
  return value.length >= 8;
}

function digits(least: number, most: number): (value: string) => boolean {
  return (value) => {
    const count = value.match(/[0-9]/g)?.length ?? 0;
    return least <= count && count <= most && value.length <= most * 2 + 8;
  };
}

function isUser(value: string): boolean {
  return USER.test(value) && /\p{L}/u.test(value);
}

function isAny(value: string): boolean {
  return !(isCode(value) || /^[)\]};,]+$/.test(value)) || hasDigit(value);
}

function isOfficial(value: string): boolean {
  const count = value.match(/[0-9]/g)?.length ?? 0;
  return value.length >= 5 && value.length <= 28 && count >= 1 && value === value.toUpperCase();
}

const SHAPES: Record<Shape, (value: string) => boolean> = {
  any: isAny,
  mixed: isMixed,
  auth: (value) => isMixed(value.slice(value.indexOf(" ") + 1)),
  cookie: (value) => value.includes("=") || isMixed(value),
  user: isUser,
  "user-id": (value) =>
    value.length <= 128 && !"{[(".includes(value.charAt(0)) && !value.includes(" ") && !COLUMN.test(value),
  person: (value) => PERSON.test(value) && !CODE.test(value),
  address: (value) => !value.includes("@") && STREET.test(value) && hasDigit(value) && !IP.test(value),
  date: (value) => DATE.test(value),
  code: (value) => isDecimal(value) && value.length >= 3 && value.length <= 10,
  phone: digits(6, 15),
  card: digits(12, 19),
  account: digits(5, 34),
  official: isOfficial,
  pwd: (value) => !/^(?:[/~]|[^]:)/.test(value) && isAny(value),
  long: (value) => value.length >= 16 && isMixed(value),
  uid: (value) => !UUID.test(value) && (isUser(value) || (isDecimal(value) && value.length >= 6)),
  pass: (value) => isMixed(value) || /^[A-Za-z]{8,}$/.test(value),
};
