import { access } from "node:fs/promises";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { SlipwayError } from "../../core/errors.ts";
import { parseJson } from "../../core/json.ts";
import { parseYaml } from "./parse-yaml.ts";
import { readText } from "./read-text.ts";

const NAMES = ["slipway.config.ts", "slipway.config.json", "slipway.config.yaml"] as const;

/** What the app's one config file holds, not yet checked. Throws `CONFIG_…` (exit 2). */
export async function loadConfigFile(folder: string): Promise<unknown> {
  const found = await filesIn(folder);
  const [file, second] = found;
  if (file === undefined) {
    throw problem(
      "CONFIG_MISSING",
      folder,
      `has none of ${NAMES.join(", ")}`,
      "go to the app's folder, or give it with --project",
    );
  }
  if (second !== undefined) {
    throw problem(
      "CONFIG_AMBIGUOUS",
      folder,
      `has ${found.map((path) => basename(path)).join(" and ")}`,
      "keep one of them",
    );
  }
  return file.endsWith(".ts") ? importConfig(file) : parseConfig(file);
}

async function filesIn(folder: string): Promise<string[]> {
  const paths = NAMES.map((name) => join(folder, name));
  const there = await Promise.all(
    paths.map((path) =>
      access(path).then(
        () => true,
        () => false,
      ),
    ),
  );
  return paths.filter((_path, index) => there[index]);
}

async function parseConfig(file: string): Promise<unknown> {
  const text = (await readText(file)) ?? "";
  const result = file.endsWith(".json") ? parseJson(text) : parseYaml(text);
  if (result.kind === "value") return result.value;
  throw problem("CONFIG_UNREADABLE", file, result.says, "mend the file");
}

async function importConfig(file: string): Promise<unknown> {
  try {
    const module = (await import(pathToFileURL(file).href)) as { default?: unknown };
    if (module.default !== undefined) return module.default;
  } catch (error) {
    const says = error instanceof Error ? `cannot be loaded: ${error.message}` : "cannot be loaded";
    throw problem(
      "CONFIG_UNREADABLE",
      file,
      says,
      "mend the file; only types that Node can strip are allowed in it",
      error,
    );
  }
  throw problem("CONFIG_UNREADABLE", file, "has no default export", "write `export default { app: … }`");
}

function problem(code: string, at: string, says: string, hint: string, cause?: unknown): SlipwayError {
  return new SlipwayError({ code, at, says, hint }, "usage", { cause });
}
