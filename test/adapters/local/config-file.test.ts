import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { loadConfigFile } from "../../../src/adapters/local/config-file.ts";
import { SlipwayError } from "../../../src/core/errors.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "slipway config "));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, text: string): void {
  writeFileSync(join(folder, name), text);
}

async function refusal(): Promise<{ code: string; says: string; exit: string }> {
  const error: unknown = await loadConfigFile(folder).then(
    (value) => new Error(`loaded ${JSON.stringify(value)}`),
    (fault: unknown) => fault,
  );
  if (!(error instanceof SlipwayError)) throw error;
  const [problem] = error.problems;
  return { code: problem?.code ?? "", says: problem?.says ?? "", exit: error.exit };
}

describe("a config file is loaded", () => {
  test.each([
    ["slipway.config.json", '{"app":"diary"}'],
    ["slipway.config.yaml", "app: diary\n"],
    [
      "slipway.config.ts",
      "const app: string = 'diary';\nexport default { app } satisfies { app: string };\n",
    ],
  ])("from %s", async (name, text) => {
    write(name, text);
    expect(await loadConfigFile(folder)).toEqual({ app: "diary" });
  });

  test("with aliases that an honest config may have", async () => {
    write("slipway.config.yaml", "a: &env { LOG: debug }\nb: *env\n");
    expect(await loadConfigFile(folder)).toEqual({ a: { LOG: "debug" }, b: { LOG: "debug" } });
  });
});

describe("a config file is refused", () => {
  test("when there is none", async () => {
    expect(await refusal()).toMatchObject({ code: "CONFIG_MISSING", exit: "usage" });
  });

  test("when there are two", async () => {
    write("slipway.config.json", "{}");
    write("slipway.config.yaml", "{}");
    expect(await refusal()).toMatchObject({
      code: "CONFIG_AMBIGUOUS",
      says: "has slipway.config.json and slipway.config.yaml",
    });
  });

  test.each<[string, string, string, string | RegExp]>([
    ["a key given twice in JSON", "json", '{"app":"a","app":"b"}', 'has the key "app" twice'],
    ["__proto__ in JSON", "json", '{"__proto__":{"app":"x"}}', /__proto__/],
    ["broken JSON", "json", "{", /^is not JSON/],
    ["a key given twice in YAML", "yaml", "app: a\napp: b\n", /^is not plain YAML: Map keys must be unique/],
    ["__proto__ in YAML", "yaml", "__proto__: { app: x }\n", /__proto__/],
    ["a custom tag", "yaml", "app: !!js/function 'x'\n", /^is not plain YAML: Unresolved tag/],
    ["broken YAML", "yaml", "app: [", /^is not plain YAML/],
    ["two documents", "yaml", "app: a\n---\napp: b\n", /^is not plain YAML/],
    [
      "an alias bomb",
      "yaml",
      [
        "a: &a [x,x,x,x,x,x,x,x,x,x]",
        ..."bcdefgh"
          .split("")
          .map((n, i) => `${n}: &${n} [${Array(10).fill(`*${"abcdefgh"[i]}`).join(",")}]`),
      ].join("\n"),
      /^is not plain YAML: Excessive alias count/,
    ],
    ["a TypeScript file that does not parse", "ts", "export default {", /^cannot be loaded/],
    [
      "a TypeScript file that throws",
      "ts",
      "throw new Error('no such luck');",
      "cannot be loaded: no such luck",
    ],
    ["a TypeScript file without a default export", "ts", "export const app = 'a';", "has no default export"],
  ])("%s", async (_what, kind, text, says) => {
    write(`slipway.config.${kind}`, text);

    const refused = await refusal();
    expect(refused).toMatchObject({ code: "CONFIG_UNREADABLE", exit: "usage" });
    expect(refused.says).toMatch(typeof says === "string" ? new RegExp(`^${says}$`) : says);
  });

  test("when it is larger than a config can be", async () => {
    write("slipway.config.json", JSON.stringify({ app: "x".repeat(1024 * 1024) }));
    expect(await refusal()).toMatchObject({ code: "FILE_TOO_LARGE" });
  });
});
