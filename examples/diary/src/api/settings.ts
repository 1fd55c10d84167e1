import { readFileSync } from "node:fs";

/** What the service is told by its environment. */
export interface Settings {
  readonly port: number;
  readonly databaseUrl: string;
  readonly version: string;
  readonly commit: string;
  /** Token of the smoke test; undefined: the smoke test cannot log in. */
  readonly smokeToken: string | undefined;
}

/** Throws a sentence that names the variable when one is missing or wrong. */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const databaseUrl = env["DATABASE_URL"] ?? "";
  if (databaseUrl === "") throw new Error("DATABASE_URL is not set");
  return {
    port: readPort(env["PORT"] ?? "8080"),
    databaseUrl,
    version: env["SLIPWAY_VERSION"] ?? packageVersion(),
    commit: env["SLIPWAY_COMMIT"] ?? "unknown",
    smokeToken: readSmokeToken(env["SMOKE_TOKEN"]),
  };
}

function readPort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new Error(`PORT should be a number between 0 and 65535, got ${JSON.stringify(text)}`);
}

const SHORTEST_TOKEN = 24;

function readSmokeToken(text: string | undefined): string | undefined {
  if (text === undefined || text === "") return undefined;
  if (text.length >= SHORTEST_TOKEN) return text;
  throw new Error(`SMOKE_TOKEN is too short; use at least ${SHORTEST_TOKEN} characters`);
}

function packageVersion(): string {
  const file = new URL("../../package.json", import.meta.url);
  const manifest = JSON.parse(readFileSync(file, "utf8")) as { version: string };
  return manifest.version;
}
