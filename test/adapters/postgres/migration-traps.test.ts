import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "../../..");
const PAGE = readFileSync(join(ROOT, "docs/decisions/migration-traps.md"), "utf8");
const named = [...PAGE.matchAll(/`(test\/[^`]+)`: "([^"]+)"/g)].map(([, file = "", title = ""]) => ({
  file,
  title,
}));

test("each trap has its test, by file and title", () => {
  const missing = named.filter(({ file, title }) => {
    const text = readFileSync(join(ROOT, file), "utf8");
    return !text.includes(`"${title}"`) && !text.includes(`\`${title}\``);
  });
  expect(missing).toEqual([]);
});

test("the page has all 34 traps of node-pg-migrate, and no line without a test", () => {
  const lines = PAGE.split("\n").filter(
    (line) => line.startsWith("|") && !/^\| (#|-{3,}|behaviour|what) /.test(line),
  );
  const numbers = lines.flatMap((line) => /^\| (\d+) /.exec(line)?.[1] ?? []).map(Number);
  expect(numbers).toEqual(Array.from({ length: 34 }, (_, index) => index + 1));
  expect(lines.filter((line) => !line.includes("`test/"))).toEqual([]);
});

/** Its runner decides what runs, takes locks and prints; of its options some act by themselves. */
test("node-pg-migrate gets no option with which it would act by itself", () => {
  const folder = join(ROOT, "src");
  const sources = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".ts"),
  );
  const texts = sources.map((file) => ({ file, text: readFileSync(join(folder, file), "utf8") }));
  const users = texts.filter(({ text }) => /(from|import\() ?"node-pg-migrate"/.test(text));
  expect(users.map(({ file }) => file).toSorted()).toEqual([
    "adapters/postgres/render-migration.ts",
    "adapters/postgres/run-migrations.ts",
  ]);
  const wrong =
    /\b(runner|dryRun|fake|useGlob|checkOrder|noLock|databaseUrl|query_timeout)\b|singleTransaction: true/;
  expect(users.filter(({ text }) => wrong.test(text)).map(({ file }) => file)).toEqual([]);
});
