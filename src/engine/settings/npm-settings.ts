import { readFile } from "node:fs/promises";
import { runProcess } from "../../machine/processes/run.ts";

const DEADLINE_MS = 20_000;

/** npm's settings that decide where packages come from. */
const NAMES = ["registry", "cafile", "strict-ssl", "proxy", "https-proxy", "noproxy"] as const;

/**
 * npm's effective registry settings as `npm_config_…` variables, whichever file they come from, and the credentials of
 * the registries in use. Without npm on this machine there are none.
 */
export async function npmSettings(
  env: NodeJS.ProcessEnv,
  cwd: string,
  signal: AbortSignal,
): Promise<{ env: Record<string, string>; secrets: string[] }> {
  const config = await effectiveConfig(env, cwd, signal);
  if (config === undefined) return { env: {}, secrets: [] };

  const inside: Record<string, string> = {};
  const registries: string[] = [];
  for (const [name, value] of Object.entries(config)) {
    const isRegistry = name === "registry" || /^@[^:/]+:registry$/.test(name);
    if (!isRegistry && !NAMES.some((known) => known === name)) continue;
    const text = textOf(value);
    if (text === "") continue;
    inside[`npm_config_${name.startsWith("@") ? name : name.replaceAll("-", "_")}`] = text;
    if (isRegistry) registries.push(text);
  }

  const credentials = await credentialsFor(registries, [config.userconfig, config.globalconfig], env);
  for (const [name, value] of credentials) inside[`npm_config_${name}`] = value;
  return { env: inside, secrets: credentials.map(([, value]) => value) };
}

async function effectiveConfig(
  env: NodeJS.ProcessEnv,
  cwd: string,
  signal: AbortSignal,
): Promise<Record<string, unknown> | undefined> {
  try {
    const { exitCode, stdout } = await runProcess({
      argv: ["npm", "config", "list", "--json", "--loglevel=silent"],
      cwd,
      env,
      signal,
      timeoutMs: DEADLINE_MS,
    });
    return exitCode === 0 ? (JSON.parse(stdout.toString()) as Record<string, unknown>) : undefined;
  } catch (error) {
    signal.throwIfAborted();
    // No npm, or one that answers something else: then there are no settings of npm to pass on.
    if (error instanceof SyntaxError || (error instanceof Error && "code" in error)) return undefined;
    throw error;
  }
}

/** npm does not print credentials, so they are read from its files: the lines that belong to a registry in use. */
async function credentialsFor(
  registries: readonly string[],
  files: readonly unknown[],
  env: NodeJS.ProcessEnv,
): Promise<[name: string, value: string][]> {
  const places = registries.filter((url) => URL.canParse(url)).map((url) => placeOf(new URL(url)));
  const found = new Map<string, string>();
  for (const file of files) {
    if (typeof file !== "string") continue;
    const text = await readFile(file, "utf8").catch(() => "");
    for (const line of text.split("\n")) {
      const [, place, key, written] =
        /^\s*(\/\/[^=]*?\/?):(_authToken|_auth|_password|username)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
      if (place === undefined || key === undefined || written === undefined) continue;
      const prefix = place.endsWith("/") ? place : `${place}/`;
      if (!places.some((registry) => registry.startsWith(prefix))) continue;
      const value = written
        .replaceAll(/\$\{([^}]+)\}/g, (_, name: string) => env[name] ?? "")
        .replace(/^"(.*)"$/, "$1");
      if (value !== "" && !found.has(`${place}:${key}`)) found.set(`${place}:${key}`, value);
    }
  }
  return [...found];
}

function placeOf(url: URL): string {
  return `//${url.host}${url.pathname.endsWith("/") ? url.pathname : `${url.pathname}/`}`;
}

/** A setting as a variable would say it. */
function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.join(",");
  return typeof value === "string" || typeof value === "boolean" ? String(value) : "";
}
