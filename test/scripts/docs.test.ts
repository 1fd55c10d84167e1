import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { generatedDocs } from "../../scripts/docs.ts";
import { errorsPage } from "../../scripts/docs/errors-page.ts";

const ROOT = resolve(import.meta.dirname, "../..");

test("the docs made from code are what the code says (else: npm run docs)", async () => {
  const generated = await generatedDocs();

  const onDisk = Object.keys(generated).map((path) => [path, readFileSync(join(ROOT, path), "utf8")]);
  expect(Object.fromEntries(onDisk)).toEqual(generated);
});

test("the page of problems finds a code in an object and in a call, and nothing else", () => {
  const page = errorsPage({
    "src/adapters/aws/a.ts": 'throw new SlipwayError({ code: "A_CODE", at: "" }); const no = "NOT_ONE";',
    "src/core/b.ts": 'return failed("B_CODE", "a sentence"); // problem "NO_CODE"',
    "src/core/c.ts": 'const x = { code: "A_CODE" } satisfies Problem;',
  });

  expect(page.split("\n").filter((line) => line.includes("_"))).toEqual([
    "| `A_CODE` | adapters/aws, core |",
    "| `B_CODE` | core |",
  ]);
});
