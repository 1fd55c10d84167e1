import { mkdir, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Client } from "pg";
import type { ProvenDump } from "../../core/backup/types.ts";
import type { DumpPolicy } from "../../core/config/policy-types.ts";
import { SlipwayError } from "../../core/errors.ts";
import { Secret } from "../../core/secret.ts";
import type { BackupRequest } from "../../ports/backups.ts";
import { withRestoreDatabase, type ScratchServer } from "./backup-scratch.ts";
import { connect } from "./connect.ts";
import { countRows } from "./count-rows.ts";
import { readDump, writeDump } from "./dump-file.ts";
import { databaseMark, everyRowIsSeen, serverMajor, serverTime } from "./dump-source.ts";
import { findDumpTools, type DumpTools } from "./dump-tools.ts";
import { findProven, keepProof } from "./kept-dumps.ts";
import { takeSnapshot } from "./kept-snapshots.ts";
import { mustBe, proveDump, type Contents } from "./prove-dump.ts";
import { runDumpTool, ToolFailed, type OnExit } from "./run-dump-tool.ts";

export interface DumpSurroundings {
  /** The app's folder, which the policy's is relative to. */
  readonly folder: string;
  readonly path: string | undefined;
  /** Where the system keeps a folder for each major version; Debian's when left out. */
  readonly packaged?: string;
  readonly onExit: OnExit;
  readonly startServer: (major: number, signal: AbortSignal) => Promise<ScratchServer>;
}

type DumpRequest = BackupRequest & { readonly policy: DumpPolicy };

const LOCK_MS = 60_000;

/**
 * Dumps a database with `pg_dump` at one moment, restores the dump once elsewhere and compares. What is not proven is not
 * kept. Throws `BACKUP_…` (exit 11).
 */
export async function takeDump(request: DumpRequest, surroundings: DumpSurroundings): Promise<ProvenDump> {
  const { policy, url } = request;
  const deadline = AbortSignal.timeout(policy.timeoutSeconds * 1000);
  const signal = AbortSignal.any([request.signal, deadline]);
  const { client, address } = await connect(url, {
    use: "DATABASE",
    applicationName: "slipway backup, looks",
    statementTimeoutMs: policy.timeoutSeconds * 1000,
    lockTimeoutMs: LOCK_MS,
    // It keeps its transaction open for as long as the dump takes.
    settings: { row_security: "off", idle_in_transaction_session_timeout: "0" },
  });
  const run = { request: { ...request, signal }, surroundings, client };
  try {
    await everyRowIsSeen(client, address.text);
    return (await recentOne(run)) ?? (await newOne(run));
  } catch (error) {
    request.signal.throwIfAborted();
    if (deadline.aborted)
      throw failed(
        "BACKUP_TOO_SLOW",
        address.text,
        `took longer than ${policy.timeoutSeconds} s`,
        "raise backup.timeoutSeconds, or let RDS take snapshots",
        error,
      );
    if (error instanceof ToolFailed)
      throw failed(
        "BACKUP_FAILED",
        address.text,
        `pg_dump gave up: ${error.message}`,
        "mend what it says and run the same command again",
        error,
      );
    throw error;
  } finally {
    await client.end();
  }
}

interface Run {
  readonly request: DumpRequest;
  readonly surroundings: DumpSurroundings;
  readonly client: Client;
}

async function recentOne({
  request: { policy, url },
  surroundings,
  client,
}: Run): Promise<ProvenDump | undefined> {
  if (policy.maxAgeMinutes === 0) return undefined;
  const schema = (await takeSnapshot(client)).sha256;
  const since = new Date((await serverTime(client)).getTime() - policy.maxAgeMinutes * 60_000);
  const database = databaseMark(url);
  const found = await findProven(resolve(surroundings.folder, policy.folder), { database, schema, since });
  if (found === undefined) return undefined;
  const there = await readDump(found.file).catch(() => ({ sha256: "", bytes: 0 }));
  mustBe(found, there, found.file);
  return { ...found, reused: true };
}

async function newOne(run: Run): Promise<ProvenDump> {
  const { request, surroundings, client } = run;
  const { policy, url, name, signal } = request;
  const major = await serverMajor(client);
  const tools = await findDumpTools(major, surroundings.path, surroundings.packaged);
  const folder = resolve(surroundings.folder, policy.folder);
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch(() => undefined);

  const began = performance.now();
  const schema = await takeSnapshot(client);
  await client.query("begin isolation level repeatable read read only");
  const { rows } = await client.query<{ id: string }>("select pg_export_snapshot() as id");
  const takenAt = (await serverTime(client)).toISOString();
  const id = `${databaseMark(url)}.${name}.${takenAt.replaceAll(/[:.]/g, "-")}.dump`;
  const file = join(folder, id);
  const contents = { schema, counts: await countRows(client) };
  const argv = [
    "--format=custom",
    "--no-password",
    `--lock-wait-timeout=${LOCK_MS}`,
    `--snapshot=${rows[0]?.id}`,
  ];
  const pipe = { program: tools.dump, argv, url, signal, onExit: surroundings.onExit };
  try {
    const fingerprint = await runDumpTool(pipe, async ({ stdin, stdout }) => {
      stdin.end();
      return writeDump(stdout, file);
    });
    await client.query("commit");
    const taken = performance.now();
    await proven({ file, fingerprint, contents }, tools, run);
    const proof = {
      kind: "pg_dump",
      id,
      file,
      ...fingerprint,
      takenAt,
      takenSeconds: (taken - began) / 1000,
      restoredSeconds: (performance.now() - taken) / 1000,
      tables: contents.counts.size,
      rows: [...contents.counts.values()].reduce((sum, count) => sum + Number(count), 0),
      schema: schema.sha256,
      major,
      tool: tools.version,
      reused: false,
    } as const;
    await keepProof(proof);
    return proof;
  } catch (error) {
    await rm(file, { force: true }).catch(() => undefined);
    throw error;
  }
}

async function proven(
  dump: {
    readonly file: string;
    readonly fingerprint: { sha256: string; bytes: number };
    readonly contents: Contents;
  },
  tools: DumpTools,
  { request: { policy, url, signal }, surroundings: { onExit, startServer }, client }: Run,
): Promise<void> {
  const isElsewhere = policy.proveOn === "scratch-server";
  const server = isElsewhere ? await startServer(await serverMajor(client), signal) : undefined;
  try {
    const where = server === undefined ? url : new Secret("scratch-server", server.url);
    await withRestoreDatabase(where, client, isElsewhere, (into) =>
      proveDump(dump, into, { tools, signal, onExit }),
    );
  } finally {
    await server?.remove();
  }
}

function failed(code: string, at: string, says: string, hint: string, cause?: unknown): SlipwayError {
  return new SlipwayError({ code, at, says, hint }, "verifyFailed", { cause });
}
