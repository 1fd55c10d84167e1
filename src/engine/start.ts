import { randomBytes } from "node:crypto";
import { mkdir, readdir } from "node:fs/promises";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { onExit } from "../machine/processes/exit-hooks.ts";
import { cacheSalt } from "./cache/cache-salt.ts";
import { CacheVolumes } from "./cache/cache-volumes.ts";
import { ResultCache } from "./cache/result-cache.ts";
import { useCache } from "./cache/use-cache.ts";
import { ExecRunner } from "./exec/exec-runner.ts";
import { sweepSecretFiles } from "./exec/secret-files.ts";
import { openLayerStore } from "./filesystem/layer-store.ts";
import { RecipeBook } from "./graph/recipe-book.ts";
import { SharedWork } from "./graph/shared-work.ts";
import { ImageSource } from "./images/image-source.ts";
import type { EngineLogger } from "./log.ts";
import { SecretVault } from "./secrets/vault.ts";
import { ServicePool } from "./services/service-pool.ts";
import { assembleSession } from "./session.ts";
import { serveSession } from "./session/server.ts";
import type { Session } from "./state/session.ts";

const USUAL_CACHE_BYTES = 10 * 1000 ** 3;

export interface EngineOptions {
  /** `$XDG_CACHE_HOME/slipway`, else `~/.cache/slipway`, unless said. */
  readonly cacheFolder?: string;
  /** Bytes that the cache may hold after the engine has closed; 10 GB unless said. */
  readonly cacheBytes?: number;
  readonly onLog?: EngineLogger;
  /** The environment that `env://` secrets and the network settings come from; this process' own unless said. */
  readonly env?: NodeJS.ProcessEnv;
  /** Where relative paths of this machine begin. */
  readonly cwd?: string;
}

/** A running engine: `DAGGER_SESSION_PORT` and `DAGGER_SESSION_TOKEN` for the SDK. */
export interface Engine {
  readonly port: number;
  readonly token: string;
  /** Ends everything that runs in the session. Resolves when no process, mount or temporary folder is left. */
  close(): Promise<void>;
}

/** Starts an embedded engine with one session. It also closes when this process ends. */
export async function startEngine(options: EngineOptions = {}): Promise<Engine> {
  const env = options.env ?? process.env;
  const log = options.onLog ?? (() => {});
  const cwd = resolve(options.cwd ?? process.cwd());
  const folder = resolve(options.cacheFolder ?? usualCacheFolder(env));
  await mkdir(folder, { recursive: true, mode: 0o700 });

  const use = await useCache(folder);
  const layers = await openLayerStore(folder);
  await sweepSecretFiles({ layers });
  const closing = new AbortController();
  const current = (): Session => session;
  const session: Session = assembleSession({
    signal: closing.signal,
    cwd,
    env,
    log,
    layers,
    recipes: new RecipeBook(),
    imports: new SharedWork(),
    results: new ResultCache(join(folder, "results")),
    volumes: new CacheVolumes(join(folder, "volumes")),
    secrets: new SecretVault(await cacheSalt(folder), { env, cwd }),
    images: new ImageSource(current, folder),
    execs: new ExecRunner(current),
    services: new ServicePool(current),
  });
  const token = randomBytes(16).toString("hex");
  const server = await serveSession(session, token);
  if (await isEmpty(join(folder, "results"))) warmUp(session);

  let closed: Promise<void> | undefined;
  const close = async () => {
    closed ??= (async () => {
      forget();
      const stopped = session.services.close();
      closing.abort(new Error("the session is closing"));
      await Promise.all([stopped, session.execs.idle(), server.close()]);
      await use.end(options.cacheBytes ?? USUAL_CACHE_BYTES);
    })();
    await closed;
  };
  const forget = onExit(close);
  return { port: server.port, token, close };
}

/**
 * Looks at the machine and makes the surroundings of sandboxes while the first query is on its way. Only worth it when
 * a command is sure to run, which is so while no result is known.
 */
function warmUp(session: Session): void {
  const warming = Promise.all([session.machine(session.signal), session.sandbox(session.signal)]);
  // A fault is told by the first command that needs them.
  session.execs.track(warming).catch(() => {});
}

async function isEmpty(folder: string): Promise<boolean> {
  return (await readdir(folder).catch(() => [])).length === 0;
}

function usualCacheFolder(env: NodeJS.ProcessEnv): string {
  const { XDG_CACHE_HOME: cache, HOME: home } = env;
  if (cache !== undefined && cache !== "") return join(cache, "slipway");
  return join(home !== undefined && home !== "" ? home : homedir(), ".cache", "slipway");
}
