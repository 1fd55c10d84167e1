import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { SlipwayError } from "../../../core/errors.ts";

/** Slipway's own folder: where dagger.json is. */
export const MODULE_ROOT = resolve(import.meta.dirname, "../../../..");

/** Counts up when what is kept on disk changes its form. */
const FORM = 3;

export interface ModuleSource {
  /** As in dagger.json. */
  readonly name: string;
  /** Absolute paths. */
  readonly files: readonly string[];
  /** The SDK's compiled folder, absolute. */
  readonly sdk: string;
  /** Changes when a file, the SDK or its place changes. */
  readonly hash: string;
}

/** Finds the module's files and the SDK they are written for. Throws `SDK_MISSING`. */
export function moduleSource(): ModuleSource {
  const { name, source } = JSON.parse(readFileSync(join(MODULE_ROOT, "dagger.json"), "utf8")) as Record<
    string,
    string
  >;
  const folder = join(MODULE_ROOT, source ?? ".", "src");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .sort()
    .map((file) => join(folder, file));

  const { sdk, version } = findSdk();
  const hash = createHash("sha256").update(JSON.stringify([FORM, name, sdk, version]));
  for (const file of files) hash.update(`${file}\0`).update(readFileSync(file));
  return { name: name ?? "", files, sdk, hash: hash.digest("hex").slice(0, 32) };
}

function findSdk(): { sdk: string; version: string } {
  try {
    const sdk = dirname(new URL(import.meta.resolve("@dagger.io/dagger")).pathname);
    const manifest = decodeURIComponent(resolve(sdk, "../../package.json"));
    return {
      sdk: decodeURIComponent(sdk),
      version: (JSON.parse(readFileSync(manifest, "utf8")) as { version: string }).version,
    };
  } catch (error) {
    throw new SlipwayError(
      {
        code: "SDK_MISSING",
        at: "@dagger.io/dagger",
        says: "is not installed; it is an optional dependency",
        hint: "run `npm ci` without --omit=optional, or use --engine=dagger",
      },
      "usage",
      { cause: error },
    );
  }
}

/**
 * Where a `defaultPath` of the module leads, as Dagger has it: an absolute one begins at the root of the git checkout
 * that the module is in, or at its dagger.json when there is none; a relative one begins at its dagger.json.
 */
export function contextPath(defaultPath: string): string {
  const path = defaultPath.startsWith("/")
    ? join(contextFolder(), defaultPath)
    : join(MODULE_ROOT, defaultPath);
  if (path === contextFolder() || path.startsWith(join(contextFolder(), "/"))) return path;
  throw new Error(`the module's default path ${defaultPath} leads out of its context`);
}

/** The root of the git checkout that the module is in, else the module's own folder. */
export function contextFolder(): string {
  for (let folder = MODULE_ROOT; ; folder = dirname(folder)) {
    if (existsSync(join(folder, ".git"))) return folder;
    if (dirname(folder) === folder) return MODULE_ROOT;
  }
}
