import { spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { finished } from "node:stream/promises";
import type { Secret } from "../../core/secret.ts";
import { parseAddress } from "./address.ts";

/** A tool that ended as it should not. */
export class ToolFailed extends Error {}

/** Has `stop` called when this process ends. Answers how to take that back. */
export type OnExit = (stop: () => void) => () => void;

export interface ToolRun {
  readonly program: string;
  readonly argv: readonly string[];
  /** Of the database; the tool gets it in its environment and never among its arguments, which every user can read. */
  readonly url: Secret;
  readonly signal: AbortSignal;
  readonly onExit: OnExit;
}

/** Parameters of a URL, and the variables from which libpq reads the same. */
const TLS = {
  sslmode: "PGSSLMODE",
  sslrootcert: "PGSSLROOTCERT",
  sslcert: "PGSSLCERT",
  sslkey: "PGSSLKEY",
} as const;

/**
 * Runs `pg_dump` or `pg_restore` with one end of a pipe in our hands, so that it ends soon after we do, however we end.
 * Throws ToolFailed with the tool's own sentence, what `work` throws, or the signal's reason.
 *
 * @param work moves the bytes: reads what the tool writes, or writes what it reads
 */
export async function runDumpTool<T>(
  { program, argv, url, signal, onExit }: ToolRun,
  work: (pipes: { readonly stdin: Writable; readonly stdout: Readable }) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const child = spawn(program, argv, { env: environmentOf(url), stdio: ["pipe", "pipe", "pipe"] });
  const kill = () => void child.kill("SIGKILL");
  signal.addEventListener("abort", kill, { once: true });
  const forget = onExit(kill);
  const says: string[] = [];
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    if (says.length < 1000) says.push(text);
  });
  // A tool that has failed does not read on; its own sentence says why.
  child.stdin.on("error", () => undefined);
  const closed = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject).once("close", (code) => resolve(code));
  });
  try {
    const [worked, ended] = await Promise.allSettled([
      work({ stdin: child.stdin, stdout: child.stdout }).catch((error: unknown) => {
        kill();
        throw error;
      }),
      closed,
    ]);
    signal.throwIfAborted();
    if (worked.status === "rejected") throw worked.reason;
    if (ended.status === "rejected") throw ended.reason;
    if (ended.value !== 0) throw new ToolFailed(firstError(says.join("")));
    return worked.value;
  } finally {
    signal.removeEventListener("abort", kill);
    forget();
  }
}

/** Ends a stream and waits until that has happened; a reader that is gone is no fault. */
export async function endQuietly(stream: Writable): Promise<void> {
  stream.end();
  await finished(stream).catch(() => undefined);
}

// What follows the first sentence (DETAIL, CONTEXT) may show rows; so may what the server quotes after a colon.
function firstError(stderr: string): string {
  const line = stderr.split("\n").find((one) => /: error: |ERROR: /.test(one)) ?? stderr.split("\n")[0] ?? "";
  const said = line.replace(/^.*?: error: /, "").replace(/: ".*$/, "");
  return said.trim() === "" ? "it said nothing" : said.trim().slice(0, 300);
}

function environmentOf(url: Secret): Record<string, string> {
  const { address, url: parsed } = parseAddress(url, "DATABASE");
  const tls = Object.entries(TLS).flatMap(([parameter, variable]) => {
    const value = parsed.searchParams.get(parameter);
    // What only the driver knows: encrypted, whoever answers. libpq has another word for it.
    return value === null ? [] : [[variable, value === "no-verify" ? "require" : value]];
  });
  return {
    PATH: "/usr/bin:/bin",
    LC_ALL: "C",
    PGHOST: address.host,
    PGPORT: address.port,
    PGUSER: address.user,
    PGPASSWORD: decodeURIComponent(parsed.password),
    PGDATABASE: address.database,
    PGPASSFILE: "/dev/null",
    PGCONNECT_TIMEOUT: "10",
    PGAPPNAME: "slipway backup",
    ...(Object.fromEntries(tls) as Record<string, string>),
  };
}
