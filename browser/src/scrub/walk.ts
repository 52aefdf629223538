/** Any value in, plain data out: keys and values scrubbed, bounded, and never throwing. */

import { pattern, whole, wordSet } from "./constants";
import { type KeyClass, type Label, suits } from "./fields";
import { hashUserId } from "./identity";
import { fieldNames, safeValues } from "./rules";
import { type Hit, hits, hitsAfter, isHarmless, values } from "./scrubber";
import { cutter, flattened, wellFormed } from "./text";

/** One thing found: where, and by what; the secret itself is never here. */
export type Note = (label: Label, where: string, start: number, length: number) => void;

export const DROPPED = "[dropped]";
const CYCLE = "[cycle]";
const DEEPEST = 100;
const MOST_NODES = 200_000;
const LONGEST_TEXT = 1_048_576;
const MOST_KEPT = 300;
const BIG = 1e11;
const VERSION_NAME = pattern("walk.VERSION_NAME");
const VERSION = whole("walk.VERSION");
const PASSED_ON = wordSet("walk.PASSED_ON");
const ITSELF = wordSet("walk.ITSELF");
const PLAIN_KEY = /^[\p{L}_]{0,15}$/u;
const BUDGET: Label = { id: "dropped", marker: DROPPED, rank: -1 };

type Fields = Record<string, unknown>;

/** Walks one value. Made for one call. */
export class Walker {
  #nodes = MOST_NODES;
  #signs = LONGEST_TEXT;
  #path = new Set<object>();
  /** Short values seen in this walk: the frames of a stack name the same few files. */
  #seen = new Map<string, string>();

  constructor(private readonly note?: Note) {}

  /** `value` as plain data, scrubbed; what cannot be scrubbed is `[dropped]`. */
  walk(value: unknown): unknown {
    return this.#value(value, "", undefined, "$", 0);
  }

  /** Where something stands; told only to those who ask. */
  #at(where: string, step: string): string {
    return this.note ? where + step : where;
  }

  #dropped(where: string): string {
    this.note?.(BUDGET, where, 0, 0);
    return DROPPED;
  }

  #value(value: unknown, name: string, entry: KeyClass | undefined, where: string, depth: number): unknown {
    if (value === null || value === undefined || typeof value === "boolean") return value;
    this.#nodes -= 1;
    if (this.#nodes < 0 || depth > DEEPEST) return this.#dropped(where);
    try {
      if (typeof value === "string") {
        return !entry && isHarmless(value) ? value : this.#text(value, name, entry, where);
      }
      if (typeof value === "number") return this.#number(value, name, entry, where);
      if (typeof value === "object") return this.#container(value, name, entry, where, depth);
      return this.#text(String(value), name, entry, where);
    } catch {
      // Fail closed: whatever went wrong, the value does not pass.
      return this.#dropped(where);
    }
  }

  #container(value: object, name: string, entry: KeyClass | undefined, where: string, depth: number): unknown {
    if (this.#path.has(value)) return CYCLE;
    this.#path.add(value);
    try {
      if (Array.isArray(value)) return this.#sequence(value, name, entry, where, depth);
      if (value instanceof Set) return this.#sequence(Array.from(value), name, entry, where, depth);
      if (value instanceof Map) return this.#mapping(Object.fromEntries(value) as Fields, entry, where, depth);
      if (isPlainObject(value)) return this.#mapping(value as Fields, entry, where, depth);
      return this.#value(plainOf(value), name, entry, where, depth + 1);
    } finally {
      this.#path.delete(value);
    }
  }

  #mapping(value: Fields, entry: KeyClass | undefined, where: string, depth: number): Fields {
    const out: Fields = {};
    const passedOn = entry && PASSED_ON.has(entry.values) ? entry : undefined;
    const spokenOf = spokenOfBy(value);
    for (const [name, item] of Object.entries(value)) {
      let own = fieldNames.classify(name) ?? passedOn;
      if (!own && entry?.kind === "credential" && ITSELF.has(name)) own = entry;
      if (spokenOf && isValueName(name)) own = spokenOf;
      let key = this.#key(name, where);
      while (Object.hasOwn(out, key)) key += "+";
      const clean = this.#value(item, name, own, this.#at(where, `.${key}`), depth + 1);
      if (key === "__proto__") Object.defineProperty(out, key, { value: clean, enumerable: true });
      else out[key] = clean;
    }
    return out;
  }

  #key(name: string, where: string): string {
    return PLAIN_KEY.test(name) ? name : this.#replaced(wellFormed(name), "", undefined, where);
  }

  #sequence(value: readonly unknown[], name: string, entry: KeyClass | undefined, where: string, depth: number): unknown[] {
    const [first, second] = value;
    if (value.length === 2 && typeof first === "string") {
      const spokenOf = fieldNames.classify(first);
      const isValue = typeof second === "string" || Number.isInteger(second) || typeof second === "boolean";
      if (spokenOf && isValue) {
        return [
          this.#value(first, "", undefined, `${where}[0]`, depth + 1),
          this.#value(second, "", spokenOf, `${where}[1]`, depth + 1),
        ];
      }
    }
    let flagged: KeyClass | undefined;
    return value.map((item, index) => {
      const clean = this.#value(item, name, flagged ?? entry, this.#at(where, `[${index}]`), depth + 1);
      const isFlag = typeof item === "string" && item.startsWith("-");
      flagged = isFlag ? fieldNames.classify(item) : undefined;
      return clean;
    });
  }

  #number(value: number, name: string, entry: KeyClass | undefined, where: string): unknown {
    if (!entry && value > -BIG && value < BIG) return value;
    const text = String(value);
    const scrubbed = this.#text(text, name, entry, where);
    return scrubbed === text ? value : scrubbed;
  }

  #text(text: string, name: string, entry: KeyClass | undefined, where: string): string {
    this.#signs -= text.length;
    if (this.#signs < 0) return this.#dropped(where);
    if (entry?.values === "user-id") return this.#userId(text, name, entry, where);
    return this.#replaced(wellFormed(text), name, entry, where);
  }

  #userId(text: string, name: string, entry: KeyClass, where: string): string {
    if (!suits("user-id", text, safeValues)) return this.#replaced(wellFormed(text), name, undefined, where);
    const hashed = hashUserId(text);
    if (hashed !== text) this.note?.(entry, where, 0, text.length);
    return hashed;
  }

  #replaced(text: string, name: string, entry: KeyClass | undefined, where: string): string {
    const isKept = !this.note && !entry && text.length < MOST_KEPT;
    const both = isKept ? `${name.length} ${name}${text}` : "";
    const known = this.#seen.get(both);
    if (known !== undefined) return known;
    const clean = this.#overwritten(text, hitsOf(text, name, entry), where);
    if (isKept) this.#seen.set(both, clean);
    return clean;
  }

  #overwritten(text: string, found: readonly Hit[], where: string): string {
    if (!found.length) return text;
    const cut = cutter(text);
    let out = "";
    let done = 0;
    for (const { start, end, label } of found) {
      this.note?.(label, where, start, end - start);
      out += cut(done, start) + label.marker;
      done = end;
    }
    return out + cut(done);
  }
}

/** The hits in the value of a field; its name is context, as in `name=value`. */
function hitsOf(text: string, name: string, entry: KeyClass | undefined): Hit[] {
  if (!name && !entry) return hits(text);
  if (name && VERSION_NAME.test(name) && VERSION.test(text)) return [];
  const flat = flattened(text);
  const own = entry ? values.within(entry, flat, 0, flat.length) : [];
  return hitsAfter(
    name,
    text,
    own.map(([start, end, label]) => [start, end, label ?? (entry as KeyClass)]),
  );
}

function isValueName(name: string): boolean {
  return name === "value" || name === "val" || name === "content";
}

/** What `{"name": "password", "value": …}` says of its value. */
function spokenOfBy(value: Fields): KeyClass | undefined {
  if (!Object.keys(value).some(isValueName)) return undefined;
  const name = value["name"] || value["key"] || value["field"] || value["header"];
  return typeof name === "string" ? fieldNames.classify(name) : undefined;
}

function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null;
}

/** What stands for an object: the parts of an error, the text of a date or an address, the fields. */
function plainOf(value: object): unknown {
  if (value instanceof Error) {
    const { name, message, cause, stack } = value;
    const errors: unknown = (value as { errors?: unknown }).errors;
    return { type: name, message, ...(cause !== undefined && { cause }), ...(errors !== undefined && { errors }), stack };
  }
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "" : value.toISOString();
  if (value instanceof URL || value instanceof RegExp) return String(value);
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`;
  return Object.fromEntries(Object.entries(value));
}

