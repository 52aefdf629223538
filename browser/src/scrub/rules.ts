/** The rules as the scrubber uses them: read from the generated data, compiled at first use. */

import {
  KEYS,
  LISTS,
  NUMBERS,
  OPTIONS,
  QUERY_KEEP,
  RULES,
  SAFE_KEYS,
  SAFE_VALUES,
  SAFE_WORDS,
  SUFFIXES,
} from "./data";
import { FieldNames, type KeyClass, type Label, type Shape } from "./fields";
import { type Lead, MANY_DIGITS } from "./groups";
import { namesPattern, nearPattern } from "./subset";

/** As `scripts/rules.py` writes them: one text for all rules, parted by form feeds. */
export type RawTexts = readonly [
  id: string,
  marker: string,
  pattern: string,
  needs: string,
  before: string,
  after: string,
  extend: string,
  check: string,
];

export type RawNumbers = readonly [
  group: readonly number[],
  flags: readonly number[],
  stretch: readonly number[],
  digits: readonly number[],
];

export type RawOptions = Readonly<Record<string, unknown>>;

/** Id, kind, marker, shape of the values; ends, words and whole names, parted by `|`. */
export type RawKeyClass = readonly [
  id: string,
  kind: string,
  marker: string,
  values: string,
  ends?: string,
  words?: string,
  names?: string,
];

/** What a check is told. */
export interface Options {
  prefix?: number;
  least_signs?: number;
  random?: boolean;
  digits?: boolean;
  lengths?: Readonly<Record<string, number>>;
  schemes?: ReadonlySet<string>;
  plain_users?: ReadonlySet<string>;
  shared?: ReadonlySet<string>;
  pages?: ReadonlySet<string>;
  words?: ReadonlySet<string>;
  near?: RegExp;
}

/** What must not follow a match, and what belongs to it. */
interface Edges {
  /** By code: whether the ASCII sign must not follow; classes hold no others. */
  after: Uint8Array | undefined;
  extend: RegExp | undefined;
}

const LEADING = /^\((?:\?:)?([^()]*)\)(?![?*+{])/;
const PAIR = /\[[A-Z]([a-z])\]/g;
const HEAD = /^[^\\^$.*+?()[\]{}|]{3,5}(?![?*+{])/;
const FIRST_CLASS = /^\[([^\]]+)\]/;
const TEXTS = RULES.map((column) => column.split("\f"));
const NEAR = "^";
/** What does not stand beside a number that is one by itself. */
export const NUMBER_EDGE = "A-Za-z0-9_.-";

/** One rule, its parts compiled when it is first needed. */
export class Rule implements Label {
  readonly id: string;
  readonly marker: string;
  /** Literals one of which is in any text it matches in. */
  readonly needs: readonly string[] = [];
  /** Literals one of which is in any match, with the kind of window it begins in. */
  readonly windows: ReadonlyArray<readonly [need: string, kind: number]> = [];
  readonly check: string;
  readonly group: number;
  readonly retries: boolean;
  /** How many signs stand before the group of a pattern for names; -1 for other patterns. */
  readonly names: number;
  /** Any match holds so many token signs in a row, and so many digits. */
  readonly stretch: number;
  readonly digits: number;
  /** Whether it is one of the many that look for numbers: they are looked for together. */
  readonly isNumber: boolean;
  /** What its matches begin with, where that is digits. */
  readonly lead: Lead | undefined;
  /** So many digits go together in any match. */
  readonly joined: number;
  readonly #pattern: string;
  readonly #before: string;
  readonly #after: string;
  readonly #extend: string;
  #search: RegExp | undefined;
  #sticky: RegExp | undefined;
  #tail: RegExp | undefined;
  #strict: { g?: RegExp; y?: RegExp } = {};
  #options: Options | undefined;
  #edges: Edges | undefined;

  constructor(readonly rank: number) {
    const text = (column: number): string => TEXTS[column]?.[rank] ?? "";
    const number = (column: number): number => NUMBERS[column]?.[rank] ?? 0;
    this.id = text(0);
    this.marker = text(1);
    this.#pattern = text(2);
    this.#before = text(4);
    this.#after = text(5);
    this.#extend = text(6);
    this.check = text(7);
    this.group = number(0);
    this.stretch = number(2);
    this.digits = number(3);
    const told = text(3) === NEAR ? nearOf(rank) : text(3);
    const parts = told.replace(/~$/, "").split("`");
    for (let at = 0; at < parts.length; at += 2) {
      const literals = parts[at] ? (parts[at] as string).split("^") : [];
      const kind = parts[at + 1];
      if (kind) this.windows = [...this.windows, ...literals.map((need) => [need, Number(kind)] as const)];
      else this.needs = literals;
    }
    if (told.endsWith("~")) this.windows = headsOf(this.#pattern).map((need) => [need, 0]);
    const flags = number(1);
    this.retries = (flags & 1) > 0;
    this.lead = flags > 31 ? leadOf(this.#pattern, this.#before, (flags >> 2) & 7, flags >> 5) : undefined;
    this.names = flags & 2 ? this.#pattern.indexOf("(<NAMES>") : -1;
    const isAnywhere = this.needs.every((need) => need.length === 1);
    this.joined = this.lead?.count ?? 0;
    const isOfDigits = this.joined >= MANY_DIGITS && !this.lead?.far;
    this.isNumber = this.#before === NUMBER_EDGE && !this.group && this.check === "official" && isAnywhere && isOfDigits;
  }

  /** What stands before the names in a pattern for them. */
  get prefix(): string {
    return this.#pattern.slice(0, this.names);
  }

  get pattern(): string {
    return this.names < 0 ? this.#pattern : withNames(this.#pattern);
  }

  /** The pattern, with what must not stand before it: so fewer places are tried. */
  get source(): string {
    return (this.#before ? `(?<![${this.#before}])` : "") + `(?:${this.pattern})`;
  }

  /**
   * Finds the next match. Patterns for names ignore case, which compiles in a fraction of the time;
   * what follows the name is for `tail` to judge. Flag d tells where groups are, at a cost.
   */
  get search(): RegExp {
    return (this.#search ??= new RegExp(this.source, this.names >= 0 ? "gi" : this.group ? "dg" : "g"));
  }

  /** What follows the name, in the case it must have. */
  get tail(): RegExp {
    return (this.#tail ??= new RegExp(this.#pattern.slice(endOfGroup(this.#pattern, this.names)), "y"));
  }

  /** As `search` or `sticky`, with the case of all its signs. */
  strict(flag: "g" | "y"): RegExp {
    return (this.#strict[flag] ??= new RegExp(withNames(this.#pattern, inAnyCase), flag));
  }

  /** Matches at a place. */
  get sticky(): RegExp {
    return (this.#sticky ??= new RegExp(this.source, this.names >= 0 ? "iy" : this.group ? "dy" : "y"));
  }

  /** Where the part that is the secret stands in a match. */
  spanOf(found: RegExpExecArray): [begin: number, finish: number] {
    if (!this.group) return [found.index, found.index + found[0].length];
    if (this.names < 0) return found.indices?.[this.group] ?? [found.index, found.index];
    const begin = found.index + this.names;
    return [begin, begin + (found[this.group]?.length ?? 0)];
  }

  get options(): Options {
    return (this.#options ??= optionsOf(OPTIONS[this.rank] || {}));
  }

  get edges(): Edges {
    if (!this.#edges) {
      this.#edges = {
        after: this.#after ? signsIn(this.#after) : undefined,
        extend: this.#extend ? new RegExp(`[${this.#extend}]*`, "y") : undefined,
      };
    }
    return this.#edges;
  }
}

/** The words near a match, one of which must be in the text, as literals; \x80 is any beyond ASCII. */
function nearOf(rank: number): string {
  const words = split(LISTS[((OPTIONS[rank] || {})["near"] as { list: number }).list]);
  const plain = words.filter((word) => /^[\0-\x7f]*$/.test(word));
  return [...plain, ...(plain.length < words.length ? ["\x80"] : [])].join("^");
}

/** The literals a pattern plainly begins with, in small letters; made for those that do. */
function headsOf(pattern: string): string[] {
  const options = LEADING.exec(pattern)?.[1]?.split("|") ?? [pattern];
  return options.map((option) => (HEAD.exec(option.replace(PAIR, "$1"))?.[0] ?? option).toLowerCase());
}

function leadOf(pattern: string, before: string, far: number, count: number): Lead {
  return { far, count, first: signsIn(FIRST_CLASS.exec(pattern)?.[1] ?? "+(0-9"), before: signsIn(before) };
}

const classes = new Map<string, Uint8Array>();

/** Which ASCII signs a class has, by code. */
export function signsIn(signs: string): Uint8Array {
  const known = classes.get(signs);
  if (known) return known;
  const pattern = new RegExp(`[${signs}]`);
  const found = Uint8Array.from({ length: 128 }, (_, code) => Number(pattern.test(String.fromCharCode(code))));
  classes.set(signs, found);
  return found;
}

let parts: readonly [names: string, suffixes: string] | undefined;

/** A pattern with the names of fields, in small letters unless `shown` changes them. */
function withNames(pattern: string, shown = (names: string) => names): string {
  const [names, suffixes] = (parts ??= [
    namesPattern(KEYS.flatMap(([, , , , ...lists]) => lists.flatMap(split))),
    namesPattern(split(SUFFIXES)),
  ]);
  return pattern.replaceAll("<NAMES>", () => shown(names)).replaceAll("<SUFFIXES>", () => shown(suffixes));
}

function inAnyCase(names: string): string {
  return names.replace(/[a-z]/g, (letter) => `[${letter}${letter.toUpperCase()}]`);
}

/** Where the group that opens at `start` of a pattern is closed. */
function endOfGroup(pattern: string, start: number): number {
  let open = 0;
  for (let place = start; place < pattern.length; place++) {
    if (pattern.charAt(place) === "(") open++;
    else if (pattern.charAt(place) === ")" && --open === 0) return place + 1;
  }
  return pattern.length;
}

function optionsOf(raw: Readonly<Record<string, unknown>>): Options {
  const options: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(raw)) {
    const list = (value as { list?: number }).list;
    const words = list === undefined ? undefined : split(LISTS[list]);
    if (words) options[key] = key === "near" ? nearPattern(words) : new Set(words);
    else options[key] = value;
  }
  return options;
}

function split(text: string | undefined): string[] {
  return text ? text.split("|") : [];
}

export const rules: readonly Rule[] = Array.from(TEXTS[0] as string[], (_, rank) => new Rule(rank));

function rankOf(id: string): number {
  return rules.find((rule) => rule.id === id)?.rank ?? 0;
}

const named = rankOf("named");
const keyClasses = KEYS.map(
  ([id, kind, marker, values, ends, words, names]): KeyClass => ({
    id,
    kind,
    marker,
    rank: named,
    values: values as Shape,
    ends: split(ends),
    words: split(words),
    names: split(names),
  }),
);

/** Base64 with something inside, and the user of a URL: found by checks, with markers of their own. */
export const ENCODED: Label = { id: "encoded", marker: "[encoded]", rank: rules.length };
export const URL_USER: Label = { id: "url-user", marker: "[user]", rank: rankOf("url-userinfo") };

export const markers: ReadonlySet<string> = new Set(
  [...rules, ...keyClasses, ENCODED, URL_USER].map(({ marker }) => marker),
);
export const safeValues: ReadonlySet<string> = new Set(split(SAFE_VALUES));
export const queryKeep: ReadonlySet<string> = new Set(split(QUERY_KEEP));
export const fieldNames = new FieldNames({
  classes: keyClasses,
  safe: new Set(split(SAFE_KEYS)),
  safeWords: split(SAFE_WORDS),
  suffixes: new Set(split(SUFFIXES)),
});
