/** Patterns made of words: any case, and field names with any separator. */

/** Literal `text` as a pattern that ignores the case of ASCII letters. */
export function folded(text: string): string {
  return Array.from(text, (char) => {
    if (char >= "a" && char <= "z") return `[${char}${char.toUpperCase()}]`;
    return ".[]()+*?^$|\\{}".includes(char) ? `\\${char}` : char;
  }).join("");
}

/** A pattern, in small letters, for field names: words with `_`, `-`, `.` or nothing between. */
export function namesPattern(phrases: Iterable<string>): string {
  // The longer first where one begins another: they win.
  const sorted = Array.from(new Set(phrases)).sort().reverse();
  return branches(sorted, 0, sorted.length, 0);
}

/** What follows the first `depth` signs, which the phrases `from` to `to` share. */
function branches(phrases: readonly string[], from: number, to: number, depth: number): string {
  let options = "";
  let count = 0;
  let place = from;
  while (place < to && (phrases[place] as string).length > depth) {
    const sign = (phrases[place] as string).charAt(depth);
    const first = place;
    while (place < to && (phrases[place] as string).charAt(depth) === sign) place++;
    options += (count++ ? "|" : "") + (sign === " " ? "[ _.-]?" : sign) + branches(phrases, first, place, depth + 1);
  }
  if (count > 1) options = `(?:${options})`;
  return count && place < to ? `(?:${options})?` : options;
}

/** A pattern for words of any case that stand apart. */
export function nearPattern(words: readonly string[]): RegExp {
  return new RegExp(`(?:^|[^A-Za-z0-9])(?:${words.map(folded).join("|")})(?:[^a-z0-9]|$)`, "g");
}
