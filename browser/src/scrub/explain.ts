/** What would be scrubbed, by which rule and where: for tests and developers, not in the page. */

import { IDS, PERSONAL } from "./data";
import { Walker } from "./walk";

/** One thing found. `where` is a path like `$.a[0].b`; the secret itself is never here. */
export interface Finding {
  rule: string;
  kind: string;
  where: string;
  /** In code points. */
  start: number;
  length: number;
  marker: string;
}

/** Kinds of what no rule of the list names. */
const OTHERS: Readonly<Record<string, string>> = { "url-user": "personal", dropped: "budget" };

export function explain(value: unknown): Finding[] {
  const findings: Finding[] = [];
  const ids = IDS.split(" ");
  new Walker((label, where, start, length) => {
    const { marker } = label;
    const place = label.id ? ids.indexOf(label.id) : label.rank;
    const rule = label.id || (ids[place] ?? "");
    const own = (label as { kind?: string }).kind;
    const kind = own ?? OTHERS[rule] ?? (PERSONAL[place] ? "personal" : "credential");
    findings.push({ rule, kind, where, start, length, marker });
  }).walk(value);
  return findings;
}
