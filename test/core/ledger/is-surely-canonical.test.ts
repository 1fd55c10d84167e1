import * as fc from "fast-check";
import { expect, test } from "vitest";
import { ledgerTools } from "../../../src/adapters/postgres/ledger-hash.ts";
import { isSurelyCanonical } from "../../../src/core/ledger/is-surely-canonical.ts";

const { canonicalize } = ledgerTools;
const quick = (text: string) => isSurelyCanonical(text, JSON.parse(text)) || slow(text);
const slow = (text: string) => canonicalize(JSON.parse(text)) === text;

function outcome(check: (text: string) => boolean, text: string): boolean | "refused" {
  try {
    return check(text);
  } catch {
    return "refused";
  }
}

const key = fc.oneof(
  fc.constantFrom(
    "10",
    "9",
    "1",
    "",
    "é",
    "e\u0301",
    "\u{1f600}",
    "\ufb33",
    "__proto__",
    "toJSON",
    "a\\ud800",
  ),
  fc.string({ unit: "binary" }),
);
const leaf = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom("\ud800", "\udfff\ud800", "\\ud800", "\u007f", "\u2028", "</script>"),
  fc.double(),
  fc.constantFrom(-0, 1e21, 1e-7, 2 ** 53 + 2, 5e-324, Infinity),
  fc.boolean(),
  fc.constant(null),
);
const { tree: value } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.array(tie("tree"), { maxLength: 4 }),
    fc
      .uniqueArray(fc.tuple(key, tie("tree")), { maxLength: 5, selector: ([name]) => name })
      .map((fields) => Object.fromEntries(fields) as unknown),
  ),
}));

test("says yes of what a ledger holds, and says what the slow check says, of canonical text and of other text with the same meaning", () => {
  const usual = '{"at":"2026-11-21T00:00:00.000000Z","entry":{"a":1,"b":[1,"é"]},"seq":7}';
  expect(isSurelyCanonical(usual, JSON.parse(usual))).toBe(true);
  fc.assert(
    fc.property(value, (one) => {
      const texts = [JSON.stringify(one), JSON.stringify(one, null, 1)];
      try {
        texts.push(canonicalize(one));
      } catch {
        // Half a character has no canonical form.
      }
      for (const text of texts.filter((found) => typeof found === "string" && found !== "")) {
        expect([text, outcome(quick, text)]).toEqual([text, outcome(slow, text)]);
      }
    }),
    { numRuns: 5000 },
  );
});

test.each([
  '{"10":1,"9":2}',
  '{"9":2,"10":1}',
  '{"b":1,"a":2}',
  '{"a":1,"a":1}',
  '{"a":1.0}',
  '{"a":-0}',
  '{"a":"\\u00e9"}',
  '{"a":"\\/"}',
  '["\\ud800"]',
  '{"\\ud800":1}',
  '["a\\\\ud800"]',
  '{"\\uFB33":1,"\\uD83D\\uDE00":2}',
  '{"a": 1}',
])("agrees with the slow check on %s", (text) => {
  expect(outcome(quick, text)).toBe(outcome(slow, text));
});
