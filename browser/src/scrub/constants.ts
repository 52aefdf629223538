/** Patterns and word lists of Python's checks, by module and name, as regular expressions and sets. */

import { PATTERNS, WORDS } from "./data";

export type PatternName = keyof typeof PATTERNS;

/** A pattern with the given flags added: `y` matches at a place, `g` searches from one, `d` tells where its groups are. */
export function pattern(name: PatternName, flags: "" | "g" | "y" | "dy" = ""): RegExp {
  const [source, own] = PATTERNS[name];
  return new RegExp(source, own + flags);
}

/** A pattern that has to match all of a text. */
export function whole(name: PatternName): RegExp {
  const [source, own] = PATTERNS[name];
  return new RegExp(`^(?:${source})$`, own);
}

/** A pattern that has to match at the start of a text. */
export function atStart(name: PatternName): RegExp {
  const [source, own] = PATTERNS[name];
  return new RegExp(`^(?:${source})`, own);
}

export function wordSet(name: keyof typeof WORDS): ReadonlySet<string> {
  return new Set(WORDS[name].split(" "));
}
