/** Text in, text out without what is personal or secret; and where that stood. */

import { CHECKS } from "./checks";
import { pattern, whole, wordSet } from "./constants";
import { isPlaceholder, type Label } from "./fields";
import { Claims } from "./claims";
import { Candidates } from "./literals";
import { isRefused, Matches } from "./matches";
import { fieldNames, markers, type Options, type Rule, rules, safeValues } from "./rules";
import { checkCli, checkValues } from "./statements";
import { flattened, matchAt } from "./text";
import { checkBlob } from "./tokens";
import { type Span, ValueReader } from "./values";
import { decoded, type View } from "./views";

/** A stretch of text to replace, and the rule or field class that says by what. */
export interface Hit {
  start: number;
  end: number;
  label: Label;
}

type Take = (text: string, begin: number, finish: number, options: Options) => Span[];
type Labelled = [start: number, end: number, label: Label];

const SHORTEST = 5;
const SHORT_WORD = 20;
const PLAIN_WORD = whole("scrubber.PLAIN_WORD");
const LONGEST_CONTEXT = 512;
const MARKER = pattern("scrubber.MARKER", "y");
/** Checks that take just the match: they do not look into what an earlier rule has claimed. */
const MODEST = wordSet("scrubber.MODEST");
/** Label → labels that give way to it where both claim a stretch. */
const YIELDING: Readonly<Record<string, readonly string[]>> = {
  "url-userinfo": ["email", "email-local"],
  "url-userinfo-odd": ["email", "email-local"],
  "url-user": ["email", "email-local"],
  "url-oracle": ["email", "email-local"],
  "key-telegram": ["blob"],
};

export const values = new ValueReader(fieldNames, safeValues, markers);
const candidates = new Candidates(rules);
const checks = rules.map(checkOf);
const modest = rules.map(({ check }) => MODEST.has(check));

/** What to replace in `text` (well-formed), in order, without overlaps; places count code points. */
export function hits(text: string): Hit[] {
  return isHarmless(text) ? [] : merged(allSpans(flattened(text)));
}

/** The hits in `text`, the value of a field called `name`, with `own` among them. */
export function hitsAfter(name: string, text: string, given: readonly Labelled[]): Hit[] {
  const flat = flattened(text);
  const own = given.filter(([start]) => !matchAt(MARKER, flat, start));
  if (isHarmless(text)) return merged(own);
  const lead = name && flat.length <= LONGEST_CONTEXT ? `${flattened(name)}=` : "";
  for (const [start, end, label] of allSpans(lead + flat)) {
    if (end > lead.length) own.push([Math.max(start - lead.length, 0), end - lead.length, label]);
  }
  return merged(own);
}

/** Whether `text` is too short or too plain a word: every rule wants a digit or a sign. */
export function isHarmless(text: string): boolean {
  if (text.length < SHORTEST) return /^[\0-\x7f]*$/.test(text);
  return text.length < SHORT_WORD && PLAIN_WORD.test(text);
}

function allSpans(text: string): Labelled[] {
  const found = spansIn(text);
  const view = decoded(text);
  if (!view) return found;
  const all = found.filter((span) => beginsBehind(view, text, span));
  for (const [start, end, label] of spansIn(view.text)) {
    all.push([...view.origin(start, end), label]);
  }
  return all;
}

/** Lets a span that begins within an escape begin behind it; false where a marker is there. */
function beginsBehind(view: View, text: string, span: Labelled): boolean {
  const place = view.behind(text, span[0]);
  if (place === span[0] || place >= span[1]) return true;
  if (place < 0) return false; // within a colour: the text is read without it as well
  span[0] = place;
  return matchAt(MARKER, text, place) === null;
}

function spansIn(text: string): Labelled[] {
  const found: Labelled[] = [];
  const claimed = new Claims();
  const outlook = candidates.of(text);
  const matches = new Matches(text, outlook);
  for (const rule of outlook.rules) {
    const way = matches.wayOf(rule);
    if (way === "search") searchAll(rule, text, found, claimed);
    else if (way === "visit") visitAll(rule, text, matches, found, claimed);
  }
  return found;
}

/** Visits the matches of a rule one by one. */
function visitAll(rule: Rule, text: string, matches: Matches, found: Labelled[], claimed: Claims): void {
  const isModest = modest[rule.rank];
  let from = 0;
  while (matches.next(rule, from)) {
    const { start, end, begin, finish } = matches;
    const isClaimed = isModest && claimed.cover(start, end);
    const last = isClaimed ? end : endOfTaken(rule, text, begin, finish, found, claimed);
    from = rule.retries && !isClaimed ? last : end;
    if (from <= start) from = start + 1;
  }
}

/** The same for a rule that is searched for plainly, with as few steps a match as possible. */
function searchAll(rule: Rule, text: string, found: Labelled[], claimed: Claims): void {
  const { search, retries, group, options } = rule;
  const { after } = rule.edges;
  const check = checks[rule.rank] as Take;
  const isModest = modest[rule.rank];
  search.lastIndex = 0;
  for (let match = search.exec(text); match; match = search.exec(text)) {
    const start = match.index;
    const end = search.lastIndex;
    let last = end;
    if (isRefused(after, text, end)) {
      if (retries) last = start;
    } else if (!isModest || !claimed.cover(start, end)) {
      const span = group ? rule.spanOf(match) : undefined;
      const taken = span ? check(text, span[0], span[1], options) : check(text, start, end, options);
      const furthest = taken.length ? noted(taken, rule, text, found, claimed) : start;
      if (retries) last = furthest;
    }
    search.lastIndex = last > start ? last : start + 1;
  }
}

/** Adds what the rule's check takes of a match; returns where the last of it ends, or -1. */
function endOfTaken(rule: Rule, text: string, begin: number, finish: number, found: Labelled[], claimed: Claims): number {
  const taken = (checks[rule.rank] as Take)(text, begin, finish, rule.options);
  return taken.length ? noted(taken, rule, text, found, claimed) : -1;
}

/** Notes the spans taken that are no markers. */
function noted(taken: readonly Span[], rule: Rule, text: string, found: Labelled[], claimed: Claims): number {
  let last = -1;
  for (let number = 0; number < taken.length; number++) {
    const span = taken[number] as Span;
    const from = span[0];
    const to = span[1];
    if (text.charAt(from) === "[" && isStandIn(text, from, to)) continue;
    found.push([from, to, span[2] ?? rule]);
    claimed.add(from, to);
    last = to;
  }
  return last;
}

function isStandIn(text: string, start: number, end: number): boolean {
  return matchAt(MARKER, text, start) !== null || isPlaceholder(text.slice(start, end));
}

/** What the rule's check takes of the part `begin` to `finish` of a text. */
function checkOf(rule: Rule): Take {
  const check = CHECKS[rule.check];
  if (check) return check;
  switch (rule.check) {
    case "named":
      return (text, begin, finish) => values.after(text, begin, finish);
    case "cli":
      return checkCli;
    case "sql-values":
      return (text, begin, finish) => checkValues(values, text, begin, finish);
    case "blob":
      return (text, begin, finish) => checkBlob(text, begin, finish, hasHits);
    default:
      // A rule whose check is unknown would pass secrets on; its whole match goes instead.
      return (_, begin, finish) => [[begin, finish]];
  }
}

/** Whether decoded base64 holds anything; each layer is shorter than the one around it. */
function hasHits(plain: string): boolean {
  return !isHarmless(plain) && allSpans(plain).length > 0;
}

function merged(spans: Labelled[]): Hit[] {
  spans.sort((one, other) => one[0] - other[0] || other[1] - one[1]);
  const found: Hit[] = [];
  let last: Hit | undefined;
  for (let number = 0; number < spans.length; number++) {
    const span = spans[number] as Labelled;
    const start = span[0];
    const end = span[1];
    const label = span[2];
    if (!last || start >= last.end) {
      last = { start, end, label };
      found.push(last);
    } else if (YIELDING[last.label.id]?.includes(label.id)) {
      continue;
    } else if (YIELDING[label.id]?.includes(last.label.id)) {
      Object.assign(last, { start, end, label });
    } else {
      last.end = Math.max(last.end, end);
      if (label.rank < last.label.rank) last.label = label;
    }
  }
  return found;
}
