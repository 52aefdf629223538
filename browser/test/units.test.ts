/** Numbers as people read them: the script writes what the server writes, row by row. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { formatTick, formatValue } from "../console/units";
import { PACKAGE } from "./support/site";

const VECTORS = join(PACKAGE, "../tests/vectors/units.json");
const { rows } = JSON.parse(readFileSync(VECTORS, "utf8")) as {
  rows: { number: number | null; unit: string; text: string }[];
};

for (const { number, unit, text } of rows) {
  test(`${number} in ${unit || "nothing"} is ${text}`, () => {
    assert.equal(formatValue(number, unit), text);
  });
}

test("an axis leaves out a unit that is a mere word", () => {
  assert.equal(formatTick(12_400, "requests"), "12.4k");
  assert.equal(formatTick(0.24, "s"), "240 ms");
});
