import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import ts from "typescript";
import { describe, expect, test } from "vitest";

const ROOT = resolve(import.meta.dirname, "..");
const LONGEST = 200;

interface Rule {
  /** Which files, relative to the repository. */
  readonly files: RegExp;
  /** What they may import: repository paths, `node:…`, package names. */
  readonly may: readonly RegExp[];
}

const CORE = /^src\/core\//;
const PORTS = /^src\/ports\//;
const ACTIONS = /^src\/actions\//;
const NODE = /^node:/;
const PACKAGE = /^(?!src\/|node:)(@[^/]+\/)?[a-z]/;

// The first rule that fits a file is its rule.
const RULES: readonly Rule[] = [
  { files: /^src\/core\/(config|plan|release)\/([a-z]+-)*schema(-parts)?\.ts$/, may: [CORE, /^zod$/] },
  { files: /^src\/core\/gates\/window-[a-z]+\.ts$/, may: [CORE, /^temporal-polyfill$/] },
  { files: CORE, may: [CORE] },
  { files: PORTS, may: [CORE, PORTS] },
  { files: ACTIONS, may: [CORE, PORTS, ACTIONS] },
  {
    files: /^src\/cli\/compose(-[a-z-]+)?\.ts$/,
    may: [CORE, PORTS, ACTIONS, /^src\/(cli|adapters|engine|cloud|machine)\//, NODE],
  },
  {
    files: /^src\/cli\//,
    may: [
      CORE,
      PORTS,
      ACTIONS,
      /^src\/cli\//,
      NODE,
      /^commander$/,
      /^(@dagger\.io\/dagger|typescript|graphql)(\/|$)/,
    ],
  },
  { files: /^src\/main\.ts$/, may: [/^src\/cli\//] },
  { files: /^src\/config\.ts$/, may: [CORE] },
  { files: /^src\/machine\//, may: [CORE, /^src\/machine\//, NODE, PACKAGE] },
  { files: /^src\/engine\//, may: [CORE, /^src\/(machine|engine)\//, NODE, PACKAGE] },
  { files: /^src\/cloud\//, may: [CORE, /^src\/(machine|cloud)\//, NODE, PACKAGE] },
];

/** An adapter sees itself, never another adapter. */
function adapterRule(file: string): Rule | undefined {
  const [, system] = /^src\/adapters\/([^/]+)\//.exec(file) ?? [];
  if (system === undefined) return undefined;
  return { files: /./, may: [CORE, PORTS, new RegExp(`^src/adapters/${system}/`), NODE, PACKAGE] };
}

const SOURCES = walk(join(ROOT, "src")).map((path) => relative(ROOT, path).split(sep).join("/"));

function walk(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return walk(path);
    return /\.(ts|mts|cts)$/.test(entry.name) ? [path] : [];
  });
}

/** What a text imports, dynamic imports and types included, as repository paths where it is a path. */
function importsOf(file: string, text: string): string[] {
  return ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) =>
    fileName.startsWith(".")
      ? relative(ROOT, resolve(ROOT, dirname(file), fileName))
          .split(sep)
          .join("/")
      : fileName,
  );
}

function faults(file: string, text: string): string[] {
  const rule = adapterRule(file) ?? RULES.find(({ files }) => files.test(file));
  if (rule === undefined) return [`${file} is in no folder that has a rule`];
  return importsOf(file, text)
    .filter((target) => !rule.may.some((pattern) => pattern.test(target)))
    .map((target) => `${file} imports ${target}`);
}

const IMPURE: readonly [RegExp, string][] = [
  [/\basync\b|\bawait\b/, "waits"],
  [/\bDate\s*\.\s*now\b|\bnew\s+Date\b|\bperformance\b/, "asks for the time"],
  [/\bMath\s*\.\s*random\b|\bcrypto\b/, "throws dice"],
  [/\bprocess\b(?!:)/, "looks at the process"],
  [/\bconsole\b/, "prints"],
];

function impurities(file: string, text: string): string[] {
  const code = withoutComments(text);
  return IMPURE.filter(([pattern]) => pattern.test(code)).map(([, fault]) => `${file} ${fault}`);
}

/** The code of a text: comments, and what stands in quotes, may speak of anything. */
function withoutComments(text: string): string {
  const scanner = ts.createScanner(ts.ScriptTarget.Latest, true, ts.LanguageVariant.Standard, text);
  const quoted = new Set([ts.SyntaxKind.StringLiteral, ts.SyntaxKind.NoSubstitutionTemplateLiteral]);
  const words: string[] = [];
  for (let token = scanner.scan(); token !== ts.SyntaxKind.EndOfFileToken; token = scanner.scan()) {
    words.push(quoted.has(token) ? '""' : scanner.getTokenText());
  }
  return words.join(" ");
}

const read = (file: string) => readFileSync(join(ROOT, file), "utf8");

describe("who may import whom", () => {
  test("every file of src keeps to its folder's rule", () => {
    expect(SOURCES.flatMap((file) => faults(file, read(file)))).toEqual([]);
  });

  test.each([
    [
      "src/core/x.ts",
      'import { a } from "../adapters/aws/a.ts";',
      "src/core/x.ts imports src/adapters/aws/a.ts",
    ],
    ["src/core/x.ts", 'import { z } from "zod";', "src/core/x.ts imports zod"],
    ["src/actions/x.ts", 'import fs from "node:fs";', "src/actions/x.ts imports node:fs"],
    [
      "src/adapters/aws/x.ts",
      'export * from "../postgres/a.ts";',
      "src/adapters/aws/x.ts imports src/adapters/postgres/a.ts",
    ],
    [
      "src/cli/x.ts",
      'const a = await import("../engine/start.ts");',
      "src/cli/x.ts imports src/engine/start.ts",
    ],
    ["src/engine/x.ts", 'import type { A } from "../cloud/a.ts";', "src/engine/x.ts imports src/cloud/a.ts"],
    ["src/new/x.ts", "", "src/new/x.ts is in no folder that has a rule"],
  ])("a file that breaks its rule is found: %s, %s", (file, text, fault) => {
    expect(faults(file, text)).toEqual([fault]);
  });
});

describe("the core", () => {
  test("neither waits nor asks the time, the dice, the process or the console", () => {
    expect(SOURCES.filter((file) => CORE.test(file)).flatMap((file) => impurities(file, read(file)))).toEqual(
      [],
    );
  });

  test.each([
    ["const now = Date.now();", "asks for the time"],
    ["async function f() {}", "waits"],
    ["const home = process.env.HOME;", "looks at the process"],
  ])("a file that does is found: %s", (text, fault) => {
    expect(impurities("src/core/x.ts", text)).toEqual([`src/core/x.ts ${fault}`]);
  });

  test("may speak of all that in comments and texts", () => {
    expect(impurities("src/core/x.ts", '// await the process\nconst a = "Date.now";')).toEqual([]);
  });
});

test(`no file of src is longer than ${LONGEST} lines`, () => {
  const long = SOURCES.map((file) => ({ file, lines: read(file).trimEnd().split("\n").length }));
  expect(long.filter(({ lines }) => lines > LONGEST)).toEqual([]);
});
