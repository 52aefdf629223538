/** Patterns made of words: any case, and field names with any separator. */

/** Literal `text` as a pattern that ignores the case of ASCII letters. */
export function folded(text: string): string {
  return Array.from(text, (char) => {
    if (char >= "a" && char <= "z") return `[${char}${char.toUpperCase()}]`;
    return ".[]()+*?^$|\\{}".includes(char) ? `\\${char}` : char;
  }).join("");
}

type Branch = Map<string, Branch>;

/** A pattern for field names: words of a phrase with `_`, `-`, `.` or nothing between. */
export function namesPattern(phrases: Iterable<string>): string {
  const tree: Branch = new Map();
  for (const phrase of phrases) {
    let branch = tree;
    for (const char of [...phrase, ""]) {
      const next = branch.get(char) ?? new Map<string, Branch>();
      branch.set(char, next);
      branch = next;
    }
  }
  return branches(tree);
}

function branches(tree: Branch): string {
  const options: string[] = [];
  // The end of a name last: longer names win.
  for (const char of Array.from(tree.keys()).sort().reverse()) {
    if (char === "") continue;
    options.push((char === " " ? "[ _.-]?" : folded(char)) + branches(tree.get(char) ?? new Map()));
  }
  if (!options.length) return "";
  const whole = options.length === 1 ? options.join("") : `(?:${options.join("|")})`;
  return tree.has("") ? `(?:${whole})?` : whole;
}

/** A pattern for words of any case that stand apart. */
export function nearPattern(words: readonly string[]): RegExp {
  return new RegExp(`(?:^|[^A-Za-z0-9])(?:${words.map(folded).join("|")})(?:[^a-z0-9]|$)`, "g");
}
