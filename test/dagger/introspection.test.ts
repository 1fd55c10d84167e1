import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, expect, test } from "vitest";
import ts from "typescript";
import { lockSubset, type LockFile } from "../../dagger/src/lock-subset.ts";
import { MIGRATION_PACKAGES } from "../../dagger/src/toolbox.ts";
import { introspect } from "../../src/cli/call/module/introspect.ts";
import { MODULE_ROOT, moduleSource } from "../../src/cli/call/module/module-source.ts";

const source = moduleSource();
const scratch = mkdtempSync(join(tmpdir(), "slipway-introspect-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

test("Dagger's own introspector accepts the module, and what it finds is known", async () => {
  const found = await introspect(source, scratch);

  await expect(`${JSON.stringify(found, null, 2)}\n`).toMatchFileSnapshot(
    "../golden/dagger/introspection.json",
  );
});

// What `@dagger.io/dagger` exports inside a module at 0.21 besides the generated client. The npm package exports more:
// importing one of those compiles here and dies in an engine.
const BUNDLE = [
  "connection",
  "connect",
  "Context",
  "func",
  "check",
  "generate",
  "argument",
  "object",
  "field",
  "enumType",
  "entrypoint",
];

test("the module imports only what the bundle inside a Dagger module exports", () => {
  const declarations = readFileSync(join(source.sdk, "api/client.gen.d.ts"), "utf8");
  const generated = [
    ...declarations.matchAll(/^export (?:declare )?(?:class|enum|type|const|interface) (\w+)/gm),
  ].map(([, name]) => name);

  const imported = source.files.flatMap((file) => namesImportedFrom("@dagger.io/dagger", file));

  expect(imported).toContain("dag");
  expect(imported.filter((name) => !BUNDLE.includes(name) && !generated.includes(name))).toEqual([]);
});

test("the module imports nothing but the SDK and its own files, which the engine mounts alone", () => {
  const foreign = source.files.flatMap((file) =>
    ts
      .preProcessFile(readFileSync(file, "utf8"))
      .importedFiles.map(({ fileName }) => fileName)
      .filter((name) => name !== "@dagger.io/dagger" && !/^\.\/[a-z-]+\.js$/.test(name)),
  );

  expect(foreign).toEqual([]);
});

test("the module's package.json takes the engine's fast path, which installs nothing", () => {
  const manifest = JSON.parse(readFileSync(join(MODULE_ROOT, "dagger/package.json"), "utf8")) as object;

  expect(manifest).toEqual({
    name: "slipway-pipeline",
    private: true,
    type: "module",
    packageManager: "npm@11.8.0",
    dependencies: { typescript: "5.9.3" },
  });
});

test("dagger.json names the module, an engine that the SDK can talk to, and the source", () => {
  const manifest = JSON.parse(readFileSync(join(MODULE_ROOT, "dagger.json"), "utf8")) as Record<
    string,
    string
  >;

  expect(manifest).toEqual({
    name: "slipway",
    engineVersion: expect.stringMatching(/^v0\.21\.\d+$/) as string,
    sdk: { source: "typescript" },
    source: "dagger",
  });
});

test("functions that touch the world are never answered from the function cache", () => {
  const never = (file: string) => {
    const text = readFileSync(join(MODULE_ROOT, "dagger/src", file), "utf8");
    return [...text.matchAll(/@func\(\{ cache: "never" \}\)\s+async (\w+)/g)].map(([, name]) => name);
  };

  expect(never("index.ts")).toEqual([
    "publish",
    "release",
    "plan",
    "deploy",
    "promote",
    "rollback",
    "resume",
    "status",
  ]);
  expect(never("migrations.ts")).toEqual(["plan", "drift", "check", "expect", "status", "seed"]);
});

test("what is taken of Slipway's installed packages is what the box for migrations needs", () => {
  const lock = JSON.parse(readFileSync(join(MODULE_ROOT, "package-lock.json"), "utf8")) as LockFile;
  const names = [...MIGRATION_PACKAGES, "@squawk-cli/linux-x64"];
  const needed = Object.keys(lockSubset(lock, names).lock.packages)
    .filter((path) => path !== "")
    .map((path) => path.split("/").slice(0, 2).join("/"));

  const [, taken = ""] =
    /packages where they are installed[\s\S]*?ignore: \[([\s\S]*?)\]/.exec(
      readFileSync(join(MODULE_ROOT, "dagger/src/index.ts"), "utf8"),
    ) ?? [];
  const kept = [...taken.matchAll(/"!(.*?)"/g)].map(([, path]) => path);

  expect(kept).toEqual(["node_modules/.package-lock.json", ...new Set(needed.sort())]);
});

function namesImportedFrom(name: string, file: string): string[] {
  const parsed = ts.createSourceFile(file, readFileSync(resolve(file), "utf8"), ts.ScriptTarget.ES2022);
  return parsed.statements.flatMap((statement) => {
    if (!ts.isImportDeclaration(statement) || !ts.isStringLiteral(statement.moduleSpecifier)) return [];
    if (statement.moduleSpecifier.text !== name) return [];
    const bindings = statement.importClause?.namedBindings;
    if (bindings === undefined || !ts.isNamedImports(bindings)) return ["*"];
    return bindings.elements.map((element) => (element.propertyName ?? element.name).text);
  });
}
