/** Reading the value that follows a telling name: `password=…`, `"token": "…"`, `Cookie: …`. */

import { pattern, whole, wordSet } from "./constants";
import { closing, cutOf, extended, isOneRun, LONGEST_VALUE, looseEnd, scopeOf } from "./ends";
import { type FieldNames, isPlaceholder, type KeyClass, type Label, type Shape, suits } from "./fields";
import { isAlnum, matchAt, strip } from "./text";

/** Start, end and the label that names the marker; without one, the rule's own. */
export type Span = [start: number, end: number, label?: Label];

const MARKER = pattern("values.MARKER", "y");
const SEPARATOR = pattern("values.SEPARATOR", "y");
const IN_IPV6 = pattern("values.IN_IPV6", "y");
const PAIR = pattern("values.PAIR", "y");
const BLANK = pattern("values.BLANK", "y");
const FLAG = pattern("values.FLAG", "y");
const OPENING = pattern("values.OPENING", "y");
const SAID = pattern("ends.SAID", "y");
const BRACKETED = pattern("ends.BRACKETED", "y");
const ACCOUNT = pattern("values.ACCOUNT", "y");
const CALL = whole("values.CALL");
const OBJECT = pattern("values.OBJECT", "y");
const WORDY = whole("headers.WORDY");
const EMPTY = pattern("values.EMPTY");
const COLUMN = whole("values.COLUMN");
const NEXT_WORD = pattern("values.NEXT_WORD", "y");
const FIELD_NEXT = pattern("values.FIELD_NEXT", "y");
const COMPLAINT = whole("values.COMPLAINT");
const SENTENCE = whole("values.SENTENCE");
const INNER = pattern("values.INNER", "y");
const LOWER = whole("values.LOWER");
const SCHEME = pattern("headers.SCHEME", "y");
const OWN_SCHEME = pattern("headers.OWN_SCHEME", "y");
const LEAST_TOKEN = 16;
const PARAMETER = pattern("headers.PARAMETER", "y");
const MEASURE = whole("headers.MEASURE");
const MESSAGE_ID = whole("headers.MESSAGE_ID");
const SIGNED = pattern("headers.SIGNED", "y");
const SIGNATURE = pattern("headers.SIGNATURE", "y");
const VALUE_IN_QUOTES = pattern("headers.VALUE_IN_QUOTES", "y");
const PROOFS = wordSet("headers.PROOFS");
const COOKIE = pattern("headers.COOKIE", "y");
const ATTRIBUTES = wordSet("headers.ATTRIBUTES");
const CHOICES = wordSet("headers.CHOICES");
const KEYWORDS = wordSet("values.KEYWORDS");
const FURTHEST_KEY = 60;
const FURTHEST_QUOTE = 200;
const LONGEST_RESOURCE = 160;
const FIRST_LOOK = 1000;

interface Read {
  start: number;
  end: number;
  isQuoted: boolean;
}

/** Finds the secret part of a value whose field's name is telling. */
export class ValueReader {
  constructor(
    readonly names: FieldNames,
    private readonly safe: ReadonlySet<string>,
    private readonly markers: ReadonlySet<string>,
  ) {}

  /** What is secret after the name whose last word stands at `start` to `end`. */
  after(text: string, start: number, end: number): Span[] {
    const least = Math.max(0, start - FURTHEST_KEY);
    let begin = start;
    while (begin > least && isName(text.charCodeAt(begin - 1))) begin--;
    if (begin && (text.startsWith("://", begin - 3) || this.#isMarker(text, begin - 1))) return [];
    if (begin && text.charAt(begin - 1) === ":" && isResource(text, begin)) return [];
    if (begin && text.charAt(begin - 1) === "{" && text.startsWith(":?", end)) return [];
    const name = text.slice(begin, end);
    const entry = this.names.classify(name);
    const read = entry && !matchAt(IN_IPV6, text, begin) && this.#value(text, begin, end, entry);
    if (!read || this.#isElsewhere(entry, text, begin, read)) return [];
    const isEcho = read.end - read.start === name.length;
    if (isEcho && text.slice(read.start, read.end).toLowerCase() === name.toLowerCase()) return [];
    const isWhole = entry.values === "auth" || entry.values === "cookie";
    return isWhole || !isProse(text, read, entry) ? this.within(entry, text, read.start, read.end) : [];
  }

  /** What is secret in the value `start` to `end` of a field of class `entry`. */
  within(entry: KeyClass, text: string, start: number, end: number): Span[] {
    if (entry.values === "cookie") return this.#cookies(entry, text, start, end);
    if (entry.values === "auth") return this.#authorization(entry, text, start, end);
    if (entry.id === "field-signature" && matchAt(SIGNED, text, start, end)) {
      return this.#signatures(entry, text, start, end);
    }
    if (entry.id === "field-session" && MESSAGE_ID.test(text.slice(start, end))) return [];
    end = scopeOf(text, start, end);
    const value = strip(text.slice(start, end));
    return suits(entry.values, value, this.safe) ? [[start, end, entry]] : [];
  }

  /** Whether it is no value but a count or a field: `3 pass: all`, `session: sid=x`. */
  #isElsewhere(entry: KeyClass, text: string, begin: number, { start, end, isQuoted }: Read): boolean {
    if (isQuoted || entry.values === "auth" || entry.values === "cookie") return false;
    if (entry.values === "user" && text.startsWith(";AccountKey=", end)) return true;
    const value = text.slice(start, end);
    if (entry.values === "pass" && !/[?&]/.test(text.charAt(begin - 1))) return !suits("mixed", value, this.safe);
    const [whole = "", name = ""] = (value.length < FIRST_LOOK && matchAt(INNER, value, 0)) || [];
    const isEmpty = EMPTY.test(text.slice(Math.max(0, start - 3), start)) && COLUMN.test(name);
    if (whole && isEmpty) return true; // no value: `MAC= SRC=192.0.2.7`
    const named = this.names.classify(name);
    const inner = value.slice(whole.length);
    return !!named && (inner.startsWith("[") || isPlaceholder(inner) || suits(named.values, inner, this.safe));
  }

  #isMarker(text: string, place: number): boolean {
    const marker = matchAt(MARKER, text, place);
    return !!marker && this.markers.has(marker[0].replace(/:.*/, "]"));
  }

  #value(text: string, begin: number, end: number, entry: KeyClass): Read | undefined {
    const [place, isStrict] = separated(text, begin, end, entry);
    if (place < 0) return undefined;
    const opening = matchAt(OPENING, text, place);
    if (opening) {
      let start = place + opening[0].length;
      if (isStrict && isObject(text, begin, end, start)) return undefined;
      const quote = text.charAt(start - 1);
      if (isBehind(text, begin, end, start)) return undefined;
      // In a table's cell quotes are doubled.
      if (text.charAt(start) === quote && text.startsWith(quote + quote, end)) start++;
      const close = closing(text, start, quote);
      if (isStrict && text.charAt(begin) !== "-" && isInColumns(text, start, close)) return undefined;
      return { start, end: close, isQuoted: true };
    }
    if (isStrict) return undefined;
    if (entry.values === "cookie" || entry.values === "auth") {
      const end = Math.min(text.length, place + LONGEST_VALUE);
      return { start: place, end, isQuoted: false };
    }
    const account = entry.values === "user" ? matchAt(ACCOUNT, text, place) : null;
    let finish = this.#end(text, place + (account?.[0].length ?? 0), entry.values, entry);
    if (finish === place) return undefined;
    const cut = cutOf(text, place, finish, entry);
    if (cut < finish && text.charAt(cut) === "(" && isCall(text.slice(place, cut), entry)) return undefined;
    if (cut > place) finish = cut;
    return { start: place, end: extended(text, finish, entry), isQuoted: false };
  }

  /** Where a loose value ends; only one that suits is followed beyond a first look. */
  #end(text: string, start: number, shape: Shape, entry?: KeyClass): number {
    const end = looseEnd(text, start, FIRST_LOOK, shape);
    const said = text.charAt(start) === "(" && matchAt(SAID, text, start);
    if (said) return Math.max(end, start + said[0].length);
    if (text.charAt(start) === "[") {
      const bracketed = start + (matchAt(BRACKETED, text, start)?.[0].length ?? 0);
      return bracketed > end ? bracketed : end + (text.charAt(end) === "]" ? 1 : 0);
    }
    if (end - start < FIRST_LOOK || (entry && cutOf(text, start, end, entry) < end)) return end;
    return suits(shape, text.slice(start, end), this.safe) ? looseEnd(text, start, LONGEST_VALUE, shape) : end;
  }

  #authorization(entry: KeyClass, text: string, start: number, end: number): Span[] {
    const scheme = matchAt(SCHEME, text, start, end) ?? this.#ownScheme(text, start, end);
    const begin = start + (scheme?.[0].length ?? 0);
    if (scheme && isCut(text, end)) end = Math.min(text.length, start + LONGEST_VALUE);
    if (scheme && matchAt(PARAMETER, text, begin, end)) return this.#parameters(entry, text, begin, end);
    const finish = Math.min(this.#end(text, begin, "mixed"), end);
    const value = text.slice(begin, finish);
    return suits(scheme ? "any" : "mixed", value, this.safe) ? [[begin, finish, entry]] : [];
  }

  /** The word before what looks like a token. */
  #ownScheme(text: string, start: number, end: number): RegExpExecArray | null {
    const word = matchAt(OWN_SCHEME, text, start, end);
    if (!word) return null;
    const begin = start + word[0].length;
    const value = text.slice(begin, Math.min(this.#end(text, begin, "mixed"), end));
    const isLong = value.length >= LEAST_TOKEN && !value.replace(/=+$/, "").includes("=");
    const isToken = isLong && suits("mixed", value, this.safe);
    return isToken || isPlaceholder(value) ? word : null;
  }

  /** The telling ones of `name="value", name=value …`; if none is, all. */
  #parameters(entry: KeyClass, text: string, start: number, end: number): Span[] {
    const spans: Span[] = [];
    let place = start;
    let isDone = false;
    for (let found = matchAt(PARAMETER, text, place, end); found; found = matchAt(PARAMETER, text, place, end)) {
      const [whole, name = "", quoted, bare, more] = found;
      const said = quoted ?? bare ?? "";
      const value = said.slice(0, scopeOf(said, 0, said.length));
      const named = this.names.classify(name);
      const isProof = PROOFS.has(name.toLowerCase());
      if (isPlaceholder(value) || (!value && (isProof || named))) isDone = true;
      else if (isProof || (named && suits(named.values, value, this.safe))) {
        const begin = place + whole.indexOf(quoted === undefined ? "=" : '"') + 1;
        spans.push([begin, begin + value.length, entry]);
      }
      place += whole.length;
      if (!more) break;
    }
    return spans.length || isDone ? spans : [[start, place, entry]];
  }

  /** The values of `t=1741944413,v1=…`, but times; of what is no such list, all. */
  #signatures(entry: KeyClass, text: string, start: number, end: number): Span[] {
    const spans: Span[] = [];
    let place = start;
    for (let named = matchAt(SIGNED, text, place, end); named; named = matchAt(SIGNED, text, place, end)) {
      const begin = place + named[0].length;
      const [whole = "", value = ""] = matchAt(SIGNATURE, text, begin, end) ?? [];
      if (!whole) break;
      place = begin + whole.length;
      if (!MEASURE.test(value) && suits("mixed", value, this.safe)) {
        spans.push([begin, begin + value.length, entry]);
      }
    }
    if (place === end) return spans;
    return suits("mixed", strip(text.slice(start, end)), this.safe) ? [[start, end, entry]] : [];
  }

  #cookies(entry: KeyClass, text: string, start: number, end: number): Span[] {
    const spans: Span[] = [];
    let place = start;
    for (let pair = matchAt(COOKIE, text, place, end); pair; pair = matchAt(COOKIE, text, place, end)) {
      const [whole, name = "", value = "", more] = pair;
      const named = this.names.classify(name);
      const isPlain = !named || named.values === "cookie" || named.values === "auth";
      if (!isChoice(name, value, named) && suits(isPlain ? "mixed" : named.values, value, this.safe)) {
        const begin = place + name.length + 1;
        spans.push([begin, begin + value.length, entry]);
      }
      place += whole.length;
      if (!more) break;
    }
    if (place > start) return spans;
    // Not a pair at all: a bare session id, or nothing.
    const finish = Math.min(end, this.#end(text, start, "mixed"));
    return suits("mixed", text.slice(start, finish), this.safe) ? [[start, finish, entry]] : [];
  }
}

/** Whether the name at `begin` is part of a cloud's name for a thing: `arn:…:secret:x`. */
function isResource(text: string, begin: number): boolean {
  const least = Math.max(0, begin - LONGEST_RESOURCE);
  const lead = text.slice(least, begin);
  const at = Math.max(lead.lastIndexOf("arn:"), lead.lastIndexOf("crn:"));
  if (at < 0 || isAlnum(text.charAt(least + at - 1))) return false;
  return isOneRun(lead.slice(at));
}

/** Whether the quote before `place` closes what the name stands in: `input("Password: ")`. */
function isBehind(text: string, begin: number, end: number, place: number): boolean {
  const quote = text.charAt(place - 1);
  if (!/^[ ),;\]}+.%:>/|&?]/.test(text.charAt(place)) || text.charAt(end) === quote) return false;
  const least = Math.max(0, begin - FURTHEST_QUOTE);
  const lead = text.slice(least, begin);
  const opening = lead.lastIndexOf(quote);
  if (opening < 0 || lead.includes("\n", opening)) return false;
  return least + opening === 0 || /[ \t\r\n([{,=:+bfru\\]/.test(text.charAt(least + opening - 1));
}

/** Whether it is one of several columns: `("password", "is_superuser", "email")`. */
function isInColumns(text: string, start: number, end: number): boolean {
  const name = text.slice(start, end);
  return /^, ?["']/.test(text.slice(end + 1, end + 4)) && name.includes("_") && COLUMN.test(name);
}

/** Whether `place` begins what a secret is called: `secret "db-login" not found`. */
function isObject(text: string, begin: number, end: number, place: number): boolean {
  return /^secrets?$/i.test(text.slice(begin, end)) && matchAt(OBJECT, text, place) !== null;
}

/** Whether what stands before a bracket is a function: `getOAuth2Token(request)`. */
function isCall(value: string, { values }: KeyClass): boolean {
  if (values === "mixed" || values === "long" || values === "pass") return CALL.test(value);
  return values === "user" || ((values === "pwd" || values === "user-id") && !/\p{Nd}/u.test(value));
}

/** Whether the quote at `end` opens a parameter: `Digest username="ann"`, in quotes. */
function isCut(text: string, end: number): boolean {
  return text.charAt(end - 1) === "=" && matchAt(VALUE_IN_QUOTES, text, end) !== null;
}

/** Whether a cookie, or an attribute of it, tells nobody apart. */
function isChoice(name: string, value: string, named: KeyClass | undefined): boolean {
  const plain = name.replace(/[-_]/g, "").toLowerCase();
  if (ATTRIBUTES.has(plain)) return true;
  return !named && (CHOICES.has(plain) || WORDY.test(value) || MEASURE.test(value));
}

type Place = [place: number, isStrict: boolean];

/** Where the value begins, or -1, and whether it counts only in quotes. */
function separated(text: string, begin: number, end: number, entry: KeyClass): Place {
  const separator = matchAt(SEPARATOR, text, end);
  if (separator) return [end + separator[0].length, false];
  const pair = matchAt(PAIR, text, end);
  if (pair && isInTuple(text, begin)) return [end + pair[0].length, true];
  if (begin && text.charAt(end) === ">" && text.charAt(begin - 1) === "<") {
    if (text.slice(begin, end).toLowerCase() !== "code") return [end + 1, false];
  }
  if (text.charAt(begin) === "-") {
    const flag = matchAt(FLAG, text, end);
    if (flag) return [end + flag[0].length, false];
  }
  const blank = matchAt(BLANK, text, end);
  if (!blank) return [-1, true];
  const word = strip(blank[0]);
  if (entry.values === "user" && /^(?:is|was|are|IS)$/.test(word)) return [-1, true];
  return [end + blank[0].length, word === "" || word === "IN" || word === "in"];
}

/** Whether the name at `begin` is the quoted first of a pair: `("name", …`, or a quoted flag. */
function isInTuple(text: string, begin: number): boolean {
  const before = text.slice(Math.max(0, begin - 3), begin);
  const isFlag = begin > 1 && text.charAt(begin) === "-" && /["']$/.test(before);
  return isFlag || /[([]b?["']$/.test(before);
}

function isName(code: number): boolean {
  return (
    (code >= 48 && code <= 57) ||
    (code >= 65 && code <= 90) ||
    (code >= 97 && code <= 122) ||
    code === 95 ||
    code === 46 ||
    code === 45
  );
}

/** Whether a bare word after a name is a sentence going on: `password: must be …`. */
function isProse(text: string, { start, end, isQuoted }: Read, { values }: KeyClass): boolean {
  const value = text.slice(start, end);
  if (isQuoted) return value.includes(" ") && (SENTENCE.test(value) || COMPLAINT.test(value));
  if (!LOWER.test(value)) return false;
  if ((values === "person" || values === "user") && matchAt(FIELD_NEXT, text, end)) return false;
  const isSet = /=[ \t]*$/.test(text.slice(Math.max(0, start - 4), start));
  if (isSet && !KEYWORDS.has(value)) return false;
  return matchAt(NEXT_WORD, text, end) !== null;
}
