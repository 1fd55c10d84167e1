import { describe, expect, test } from "vitest";
import * as fc from "fast-check";
import { parseJson } from "../../src/core/json.ts";

describe("JSON", () => {
  test.each([
    ['{"a":1,"a":2}', 'has the key "a" twice'],
    ['{"b":{"a":1,"x":[],"a":2}}', 'has the key "a" twice'],
    ['{"a":1,"\\u0061":2}', 'has the key "a" twice'],
    ['{"__proto__":{}}', 'has the key "__proto__", which no reader may be given'],
    ['{"a":[{"__proto__":1}]}', 'has the key "__proto__", which no reader may be given'],
  ])("%s is refused", (text, says) => {
    expect(parseJson(text)).toEqual({ kind: "refused", says });
  });

  test.each(["", "{", "{'a':1}", "[1,]", "undefined"])("%j is no JSON", (text) => {
    expect(parseJson(text)).toEqual({ kind: "refused", says: expect.stringMatching(/^is not JSON: /) });
  });

  test.each([
    '{"a":"a","b":["a","a"],"c":{"a":"a"}}',
    '[{"a":1},{"a":2}]',
    '{"a":"{\\"a\\":1,\\"a\\":2}"}',
    '"__proto__"',
  ])("%s is a value", (text) => {
    expect(parseJson(text)).toEqual({ kind: "value", value: JSON.parse(text) });
  });

  test("whatever JSON.stringify writes is read back", () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        fc.pre(!text.includes("__proto__"));
        expect(parseJson(text)).toEqual({ kind: "value", value: JSON.parse(text) });
      }),
    );
  });
});
