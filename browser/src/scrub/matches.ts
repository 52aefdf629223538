/** Where the rules match in one text: each is tried only where it can begin. */

import type { Outlook } from "./literals";
import { NUMBER_EDGE, type Rule, rules } from "./rules";
import type { Starts } from "./starts";
import { matchAt, searchFrom } from "./text";

/** Start and end of a match, begin and finish of the part that is the secret. */
export interface Match {
  start: number;
  end: number;
  begin: number;
  finish: number;
}

const FIVE_DIGITS = "(?=[0-9](?:[ ./+-]?[0-9]){4})";
const NOT_HEX = /[g-zG-Z+/_]/;
const MOST_PLACES = 64;
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
let number: RegExp | undefined;

function anyNumber(isOfDigits: boolean): string {
  const fitting = rules.filter((rule) => rule.isNumber && rule.isOfDigits === isOfDigits);
  return fitting.map(({ pattern }) => pattern).join("|");
}

/** Where any of the rules for numbers matches. */
function numbers(): RegExp {
  return (number ??= new RegExp(`(?<![${NUMBER_EDGE}])(?:${FIVE_DIGITS}(?:${anyNumber(true)})|${anyNumber(false)})`, "g"));
}

/** The matches of the rules in one text. */
export class Matches {
  /** Where rules for numbers match, as far as that was looked for; beyond, each looks by itself. */
  #places: number[] | undefined;
  #known = 0;
  /** Which long run is looked through. */
  #run = 0;
  /** Where the rule can begin, and which of these places is next. */
  #starts: Starts | undefined;
  #next = 0;

  constructor(
    private readonly text: string,
    private readonly outlook: Outlook,
  ) {}

  /** The next match of a rule from `from` on, its neighbours and its extension considered. */
  next(rule: Rule, from: number): Match | undefined {
    const { text } = this;
    if (rule.isNumber && this.#isWithoutNumbers()) return undefined;
    const mark = from === 0 ? marks[rule.rank] : undefined;
    if (mark && !searchFrom(mark, text, 0)) return undefined;
    const { after, extend } = rule.edges;
    for (let place = from; place <= text.length; ) {
      const found = this.#find(rule, place);
      if (!found) return undefined;
      const start = found.index;
      let end = start + found[0].length;
      const [begin, stop] = rule.spanOf(found);
      let finish = stop;
      if (extend) {
        finish += matchAt(extend, text, finish)?.[0].length ?? 0;
        while (finish > end && ".-".includes(text.charAt(finish - 1))) finish--;
        end = Math.max(end, finish);
      }
      const following = end < text.length ? text.charCodeAt(end) : ASCII;
      if (!after || following >= ASCII || !after[following]) {
        return { start, end, begin, finish };
      }
      place = rule.retries ? start + 1 : Math.max(end, start + 1);
    }
    return undefined;
  }

  #find(rule: Rule, from: number): RegExpExecArray | null {
    if (rule.check === "blob") return this.#blob(rule.search, from);
    if (rule.isNumber) return this.#number(rule, from);
    if (rule.id === "email") return email(rule.search, this.text, from);
    if (rule.windows.length) return this.#begun(rule, from);
    return searchFrom(rule.search, this.text, from);
  }

  /** As a plain search, but only where literals say that a match can begin. */
  #begun(rule: Rule, from: number): RegExpExecArray | null {
    if (from === 0) {
      this.#starts = this.outlook.startsOf(rule);
      this.#next = 0;
    }
    const isNamed = rule.lead >= 0;
    if (!this.#starts?.areAll) return isNamed ? named(rule, this.text, from) : searchFrom(rule.search, this.text, from);
    const places = this.#starts.at;
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
    this.#places ??= this.#look();
    for (const place of this.#places) {
      const found = place < from ? null : matchAt(rule.sticky, this.text, place);
      if (found) return found;
    }
    return this.#known < Infinity ? searchFrom(rule.search, this.text, Math.max(from, this.#known)) : null;
  }

  #isWithoutNumbers(): boolean {
    this.#places ??= this.#look();
    return !this.#places.length && this.#known === Infinity;
  }

  #look(): number[] {
    const places: number[] = [];
    for (let place = 0; places.length < MOST_PLACES; place = this.#known) {
      const found = searchFrom(numbers(), this.text, place);
      this.#known = found ? found.index + 1 : Infinity;
      if (!found) break;
      places.push(found.index);
    }
    return places;
  }
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
  const [all, name = ""] = found;
  const tail = matchAt(rule.tail, text, found.index + rule.lead + name.length);
  return tail !== null && rule.lead + name.length + tail[0].length === all.length;
}
