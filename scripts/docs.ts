// Writes the docs that are made from code: `npm run docs`. A test fails when they are not what the code says.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { format, resolveConfig } from "prettier";
import { compliancePage } from "./docs/compliance-page.ts";
import { configPage } from "./docs/config-page.ts";
import { configJsonSchema } from "./docs/config-schema.ts";
import { errorsPage } from "./docs/errors-page.ts";
import { REQUIREMENTS } from "./docs/requirements/requirements.ts";

const ROOT = resolve(import.meta.dirname, "..");

/** Each generated file, by its path in the repository, as it should be. */
export async function generatedDocs(): Promise<Readonly<Record<string, string>>> {
  const schema = configJsonSchema();
  const texts = {
    "docs/errors.md": errorsPage(sources(join(ROOT, "src"))),
    "docs/config.schema.json": JSON.stringify(schema),
    "docs/config.md": configPage(schema),
    "docs/compliance.md": compliancePage(REQUIREMENTS),
  };
  const formatted = Object.entries(texts).map(async ([path, text]) => {
    const filepath = join(ROOT, path);
    return [path, await format(text, { ...(await resolveConfig(filepath)), filepath })] as const;
  });
  return Object.fromEntries(await Promise.all(formatted));
}

function sources(folder: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".ts"))
      .sort()
      .map((path) => [relative(ROOT, join(folder, path)), readFileSync(join(folder, path), "utf8")]),
  );
}

if (import.meta.main) {
  for (const [path, text] of Object.entries(await generatedDocs())) {
    writeFileSync(join(ROOT, path), text);
    console.log(path);
  }
}
