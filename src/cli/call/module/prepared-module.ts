import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { forkOnce } from "../fork-once.ts";
import { unwritable } from "../unwritable.ts";
import type { CallSchema } from "../schema/types.ts";
import { MODULE_ROOT, moduleSource, type ModuleSource } from "./module-source.ts";
import type { PrepareAnswer, PrepareRequest } from "./prepare-main.ts";

const MAIN = join(import.meta.dirname, "prepare-main.ts");

/** What installing Slipway prepares (scripts/prepare-module.ts), beside the packages that it is made from. */
export const INSTALLED = join(MODULE_ROOT, "node_modules/.cache/slipway");

const KEPT_MS = 7 * 24 * 60 * 60 * 1000;

export interface PreparedModule {
  readonly source: ModuleSource;
  readonly schema: CallSchema;
  /** Folder with the module as JavaScript. */
  readonly compiled: string;
  /** Folder where Node keeps the compiled code of the module's process. */
  readonly compileCache: string;
}

/** The folder where Slipway keeps what it can make again. */
function cacheFolder(env: NodeJS.ProcessEnv): string {
  return join(env["XDG_CACHE_HOME"] || join(env["HOME"] || homedir(), ".cache"), "slipway");
}

/**
 * The module, introspected and compiled: as it was when Slipway was installed, else as it is kept in the user's cache
 * until a file of it or the SDK changes. Throws `CACHE_UNWRITABLE` (exit 11).
 */
export async function prepareModule(
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
  installed = INSTALLED,
): Promise<PreparedModule> {
  const source = moduleSource();
  const isInstalled = existsSync(join(installed, "modules", source.hash));
  return await prepareModuleIn(isInstalled ? installed : cacheFolder(env), env, signal, source);
}

/** The same, kept in the folder that is given. */
export async function prepareModuleIn(
  folder: string,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
  source = moduleSource(),
): Promise<PreparedModule> {
  const modules = join(folder, "modules");
  const kept = join(modules, source.hash);
  try {
    if (!existsSync(kept)) await prepare(source, modules, kept, env, signal);
  } catch (error) {
    throw unwritable(
      "CACHE_UNWRITABLE",
      modules,
      error,
      "free space, or set XDG_CACHE_HOME to another folder",
    );
  }
  const schema = JSON.parse(readFileSync(join(kept, "schema.json"), "utf8")) as CallSchema;
  return { source, schema, compiled: join(kept, "module"), compileCache: join(folder, "node") };
}

/** Made beside its place and moved there whole, so that a second call at the same time never sees a half of it. */
async function prepare(
  source: ModuleSource,
  modules: string,
  kept: string,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<void> {
  mkdirSync(modules, { recursive: true, mode: 0o700 });
  sweep(modules);
  const folder = mkdtempSync(join(modules, "new-"));
  try {
    const request: PrepareRequest = { source, folder };
    const answer = (await forkOnce({ main: MAIN, request, env, signal })) as PrepareAnswer;
    if (answer.kind === "failed") throw Object.assign(new Error(answer.message), { code: answer.code });
    renameSync(folder, kept);
  } catch (error) {
    // Another call was faster: what it made is the same.
    if (!existsSync(kept)) throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Removes what belongs to states of the module that have not been current for a week. */
function sweep(modules: string): void {
  for (const name of readdirSync(modules)) {
    const age = Date.now() - (statSync(join(modules, name), { throwIfNoEntry: false })?.mtimeMs ?? Infinity);
    if (age > KEPT_MS) rmSync(join(modules, name), { recursive: true, force: true });
  }
}
