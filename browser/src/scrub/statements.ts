/** Checks that read a little of other languages: SQL inserts and command lines. */

import { pattern } from "./constants";
import { isPlaceholder } from "./fields";
import { isDecimal, matchAt } from "./text";
import type { Span, ValueReader } from "./values";

const VALUES = pattern("statements.VALUES", "y");
const ROW = pattern("statements.ROW", "y");
const LITERAL = pattern("statements.LITERAL", "dy");
const QUOTES = /^[ \t\r\n`"'[\]]+|[ \t\r\n`"'[\]]+$/g;
const MOST_ROWS = 1000;

/** The password of a command; ports, numbers and stand-ins are none. */
export function checkCli(text: string, start: number, end: number): Span[] {
  const secret = text.slice(start, end);
  if (isDecimal(secret) || isPlaceholder(secret) || /^[/$]/.test(secret)) return [];
  return [[start, end]];
}

/** The literals of an INSERT that stand in columns with telling names; `start` to `end` lists them. */
export function checkValues(values: ValueReader, text: string, start: number, end: number): Span[] {
  const columns = text.slice(start, end).split(",");
  const entries = columns.map((column) => values.names.classify(column.replace(QUOTES, "")));
  const opening = matchAt(VALUES, text, end);
  if (!opening || !entries.some(Boolean)) return [];
  const spans: Span[] = [];
  let place = end + opening[0].length;
  for (let count = 0; count < MOST_ROWS; count++) {
    const row = matchAt(ROW, text, place);
    if (!row) break;
    place += row[0].length;
    for (const entry of entries) {
      const literal = matchAt(LITERAL, text, place);
      if (!literal) return spans;
      const [whole, single, double, bare, stop] = literal;
      const group = single ? 1 : double ? 2 : bare ? 3 : 0;
      const span = literal.indices?.[group];
      if (entry && group && span) spans.push(...values.within(entry, text, ...span));
      place += whole.length;
      if (stop !== ",") break;
    }
  }
  return spans;
}
