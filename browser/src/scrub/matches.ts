/** Where the rules match in one text: each is tried only where it can begin. */

import { type Lead, MANY_DIGITS } from "./groups";
import type { Outlook } from "./literals";
import { NUMBER_EDGE, type Rule, rules, signsIn } from "./rules";
import { matchAt, searchFrom } from "./text";

const FIVE_DIGITS = "(?=[0-9](?:[ ./+()\\u0080-\\uffff-]{0,3}[0-9]){4})";
const NOT_HEX = /[g-zG-Z+/_]/;
const MOST_PLACES = 64;
/** To look at a place takes as long as to search so many signs. */
const PLACE = 40;
const ASCII = 128;
/** Signs of an address that can stand before its `@`. */
const LONGEST_LOCAL = 64;
/** What every match of a rule has in it, where that is much cheaper to look for than the match. */
const MARKS: Readonly<Record<string, RegExp>> = {
  "ipv6-port": /:(?:[0-9A-Fa-f]{1,4}:){6}/g,
  ipv6: /::|:(?:[0-9A-Fa-f]{1,4}:){5}/g,
  mac: /[:-](?:[0-9A-Fa-f]{2}[:-]){4}|[.][0-9A-Fa-f]{4}[.]/g,
};

const marks = rules.map(({ id }) => MARKS[id]);
const number: { g?: RegExp; y?: RegExp } = {};
let numberLead: Lead | undefined;

/** Where any of the rules for numbers matches: the pattern with a flag. */
function numbers(flag: "g" | "y"): RegExp {
  const any = rules.filter(({ isNumber }) => isNumber).map(({ pattern }) => pattern);
  return new RegExp(`(?<![${NUMBER_EDGE}])${FIVE_DIGITS}(?:${any.join("|")})`, flag);
}

/** The matches of the rules in one text, one after the other. */
export class Matches {
  /** Start and end of the last match, begin and finish of the part of it that is the secret. */
  start = 0;
  end = 0;
  begin = 0;
  finish = 0;
  /** Where rules for numbers match; when there are too many, each looks by itself. */
  #places: number[] | undefined;
  #areAll = false;
  /** Which long run is looked through. */
  #run = 0;
  /** Where the rule can begin, and which of these places is next. */
  #starts: readonly number[] | undefined;
  #next = 0;

  constructor(
    private readonly text: string,
    private readonly outlook: Outlook,
  ) {}

  /**
   * How to find what the rule matches: by searching all of the text for its pattern, which is left to
   * the caller, or by visiting one match after the other, with `next` from 0 on.
   */
  wayOf(rule: Rule): "none" | "search" | "visit" {
    if (!this.#isPossible(rule)) return "none";
    if (rule.isNumber && !this.#areAll) return "search";
    if (rule.isNumber || rule.check === "blob" || rule.id === "email") return "visit";
    this.#next = 0;
    this.#starts = rule.windows.length || rule.lead ? this.#startsOf(rule) : undefined;
    return this.#starts || rule.names >= 0 || rule.edges.extend ? "visit" : "search";
  }

  /** Goes to the next match of a rule from `from` on, its neighbours and its extension considered. */
  next(rule: Rule, from: number): boolean {
    const { text } = this;
    const { after, extend } = rule.edges;
    for (let place = from; place <= text.length; ) {
      const found = this.#find(rule, place);
      if (!found) return false;
      const start = found.index;
      let end = start + found[0].length;
      this.begin = start;
      this.finish = end;
      if (rule.group) this.#narrow(rule, found);
      if (extend) end = this.#extended(extend, end);
      this.start = start;
      this.end = end;
      if (!isRefused(after, text, end)) return true;
      place = rule.retries || end === start ? start + 1 : end;
    }
    return false;
  }

  /** Whether it is worth a search. */
  #isPossible(rule: Rule): boolean {
    if (rule.isNumber && this.#isWithoutNumbers()) return false;
    if (rule.names > 0 && !this.text.includes(rule.prefix)) return false;
    const mark = marks[rule.rank];
    return !mark || searchFrom(mark, this.text, 0) !== null;
  }

  /** Leaves only the group of the rule's pattern. */
  #narrow(rule: Rule, found: RegExpExecArray): void {
    const span = rule.spanOf(found);
    this.begin = span[0];
    this.finish = span[1];
  }

  /** Takes what belongs to the match behind it; returns where it ends then. */
  #extended(extend: RegExp, end: number): number {
    const { text } = this;
    let finish = this.finish + (matchAt(extend, text, this.finish)?.[0].length ?? 0);
    while (finish > end && ".-".includes(text.charAt(finish - 1))) finish--;
    this.finish = finish;
    return Math.max(end, finish);
  }

  #find(rule: Rule, from: number): RegExpExecArray | null {
    if (rule.check === "blob") return this.#blob(rule.search, from);
    if (rule.isNumber) return this.#number(rule, from);
    if (rule.id === "email") return email(rule.search, this.text, from);
    if (rule.windows.length || rule.lead) return this.#begun(rule, from);
    return searchFrom(rule.search, this.text, from);
  }

  #startsOf(rule: Rule): readonly number[] | undefined {
    const starts = this.outlook.startsOf(rule);
    const isWorthIt = starts?.areAll && (!rule.lead || starts.at.length * PLACE < this.text.length);
    return isWorthIt ? starts.at : undefined;
  }

  /** As a plain search, but only where literals or digits say that a match can begin. */
  #begun(rule: Rule, from: number): RegExpExecArray | null {
    const isNamed = rule.names >= 0;
    const places = this.#starts;
    if (!places) return isNamed ? named(rule, this.text, from) : searchFrom(rule.search, this.text, from);
    for (; this.#next < places.length; this.#next++) {
      const place = places[this.#next] as number;
      if (place < from) continue;
      const found = isNamed ? namedAt(rule, this.text, place) : matchAt(rule.sticky, this.text, place);
      if (found) return found;
    }
    return null;
  }

  /** As a plain search, but only in long runs of token signs: the pattern is slow elsewhere. */
  #blob(search: RegExp, from: number): RegExpExecArray | null {
    const { runs } = this.outlook;
    if (from === 0) this.#run = 0;
    for (; this.#run < runs.length; this.#run += 2) {
      const end = runs[this.#run + 1] as number;
      const begin = Math.max(runs[this.#run] as number, from);
      if (end - begin < 19 || !NOT_HEX.test(this.text.slice(begin, end))) continue;
      const found = searchFrom(search, this.text, begin, end);
      if (found) return found;
    }
    return null;
  }

  /** As a plain search, but only where any rule for numbers matches. */
  #number(rule: Rule, from: number): RegExpExecArray | null {
    for (const place of this.#places ?? []) {
      const found = place < from ? null : matchAt(rule.sticky, this.text, place);
      if (found) return found;
    }
    return null;
  }

  #isWithoutNumbers(): boolean {
    this.#places ??= this.#look();
    return !this.#places.length && this.#areAll;
  }

  #look(): number[] {
    numberLead ??= { far: 0, count: MANY_DIGITS, first: signsIn("0-9"), before: signsIn(NUMBER_EDGE) };
    const groups = this.outlook.groups()?.startsOf(numberLead);
    if (groups?.areAll) {
      const any = (number.y ??= numbers("y"));
      this.#areAll = true;
      return groups.at.filter((place) => matchAt(any, this.text, place));
    }
    const any = (number.g ??= numbers("g"));
    const places: number[] = [];
    for (let found = searchFrom(any, this.text, 0); found; found = searchFrom(any, this.text, found.index + 1)) {
      if (places.length === MOST_PLACES) return places;
      places.push(found.index);
    }
    this.#areAll = true;
    return places;
  }
}

/** Whether what stands at `end` must not follow a match. */
export function isRefused(after: Uint8Array | undefined, text: string, end: number): boolean {
  if (!after || end >= text.length) return false;
  const code = text.charCodeAt(end);
  return code < ASCII && after[code] !== 0;
}

/** As a plain search, but from just before the next `@`. */
function email(search: RegExp, text: string, from: number): RegExpExecArray | null {
  const at = text.indexOf("@", from);
  return at < 0 ? null : searchFrom(search, text, Math.max(from, at - LONGEST_LOCAL));
}

/** As a plain search, but without regard to case at first. */
function named(rule: Rule, text: string, from: number): RegExpExecArray | null {
  const found = searchFrom(rule.search, text, from);
  return !found || hasTail(rule, text, found) ? found : searchFrom(rule.strict("g"), text, from);
}

/** As `named`, but at a place. */
function namedAt(rule: Rule, text: string, place: number): RegExpExecArray | null {
  const found = matchAt(rule.sticky, text, place);
  return !found || hasTail(rule, text, found) ? found : matchAt(rule.strict("y"), text, place);
}

/** Whether what follows the name is in the case it must have. */
function hasTail(rule: Rule, text: string, found: RegExpExecArray): boolean {
  const length = rule.names + (found[1] ?? "").length;
  const tail = matchAt(rule.tail, text, found.index + length);
  return tail !== null && length + tail[0].length === found[0].length;
}
