import { randomBytes } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { onExit } from "../processes/exit-hooks.ts";
import type { PostgresBinaries } from "./binaries.ts";
import type { Identity } from "./identity.ts";
import { scramVerifier } from "./scram-verifier.ts";
import { startSupervised, type SupervisedExit } from "./supervised.ts";

/** Name of the role that owns everything. */
export const SUPERUSER = "postgres";

/** Ends with the SQLSTATE, which start-problem.ts reads. */
export const LOG_LINE_PREFIX = "%m [%p] %e ";

const LIMIT_MS = 60_000;

/** A command of Postgres that failed, with the end of what it said. */
export class CommandFailed extends Error {
  override readonly name = "CommandFailed";
}

/** What one run of a Postgres command needs. */
export interface Workplace {
  readonly binaries: PostgresBinaries;
  readonly identity: Identity;
  readonly data: string;
}

/** Fills an empty data folder. Nobody can log in until `setPassword` has run. */
export async function initDatabase(at: Workplace): Promise<void> {
  const locale = at.binaries.major >= 17 ? ["--locale-provider=builtin", "--locale=C.UTF-8"] : ["--locale=C"];
  // `reject` keeps initdb from asking for a password, which it would take from a file only.
  const options = ["--encoding=UTF8", ...locale, "--auth=reject", "--no-instructions", "--no-sync"];
  try {
    await command(at, ["initdb", "-D", at.data, "-U", SUPERUSER, ...options]);
  } catch (error) {
    // A half-made folder would look like a database to the next start.
    rmSync(join(at.data, "PG_VERSION"), { force: true });
    throw error;
  }
  const hba = "local all all scram-sha-256\nhost all all 127.0.0.1/32 scram-sha-256\n";
  writeFileSync(join(at.data, "pg_hba.conf"), hba);
}

/**
 * Gives the superuser a new random password and returns it. It travels as a SCRAM verifier over stdin to a
 * single-user server, so it is never in an argument, a file or a log.
 */
export async function setPassword(at: Workplace): Promise<string> {
  const password = randomBytes(24).toString("base64url");
  const statement = `ALTER ROLE ${SUPERUSER} PASSWORD '${scramVerifier(password)}';\n`;
  const options = ["-c", "exit_on_error=on", "-c", `log_line_prefix=${LOG_LINE_PREFIX}`];
  await command(at, ["postgres", "--single", "-D", at.data, ...options, "postgres"], statement);
  return password;
}

async function command(
  at: Workplace,
  [name, ...rest]: readonly [string, ...string[]],
  input = "",
): Promise<void> {
  const child = startSupervised({
    argv: [join(at.binaries.folder, "bin", name), ...rest],
    env: { LC_ALL: "C", TZ: "UTC" },
    identity: at.identity,
    stdio: ["pipe", "pipe", "pipe"],
    firstSignal: "TERM",
    graceSeconds: 2,
  });
  let output = "";
  const collect = (chunk: Buffer): void => void (output = (output + chunk.toString("utf8")).slice(-4000));
  child.stdout?.on("data", collect);
  child.stderr?.on("data", collect);
  child.stdin?.end(input);
  const timer = setTimeout(() => void child.stop(), LIMIT_MS);
  // Who deletes the folder after this process has ended must not find the command still at work in it.
  const forget = onExit(async () => void (await child.stop()));
  const exit: SupervisedExit = await child.exited.finally(() => {
    clearTimeout(timer);
    forget();
  });
  await child.stop();
  if (exit.exitCode !== 0) throw new CommandFailed(output.trimEnd());
}
