import { SlipwayError } from "../../core/errors.ts";
import { compareSchemas, describeChanges } from "../../core/schema/compare-schemas.ts";
import type { Secret } from "../../core/secret.ts";
import { connect } from "./connect.ts";
import { countRows } from "./count-rows.ts";
import { readDump, type Fingerprint } from "./dump-file.ts";
import type { DumpTools } from "./dump-tools.ts";
import { takeSnapshot, type KeptSnapshot } from "./kept-snapshots.ts";
import { runDumpTool, ToolFailed, type OnExit } from "./run-dump-tool.ts";

/** What a database was at the moment that its dump holds. */
export interface Contents {
  readonly schema: KeptSnapshot;
  readonly counts: ReadonlyMap<string, string>;
}

/**
 * Restores the very bytes that `pg_dump` gave into an empty database and compares it with what was dumped. Throws
 * BACKUP_DAMAGED when the file is not those bytes, BACKUP_UNPROVEN when it cannot be restored or restores to something
 * else (exit 11).
 */
export async function proveDump(
  dump: { readonly file: string; readonly fingerprint: Fingerprint; readonly contents: Contents },
  into: Secret,
  {
    tools,
    signal,
    onExit,
  }: { readonly tools: DumpTools; readonly signal: AbortSignal; readonly onExit: OnExit },
): Promise<void> {
  const { file, fingerprint, contents } = dump;
  let found: Fingerprint | undefined;
  try {
    const argv = ["--exit-on-error", "--no-password", "--no-subscriptions", `--dbname=${databaseOf(into)}`];
    await runDumpTool(
      { program: tools.restore, argv, url: into, signal, onExit },
      async ({ stdin, stdout }) => {
        stdout.resume();
        found = await readDump(file, stdin);
      },
    );
  } catch (error) {
    // A file that is not what was written explains whatever the tool makes of it.
    if (!(error instanceof ToolFailed)) throw error;
    mustBe(fingerprint, found, file);
    throw unproven(file, `it cannot be restored: ${error.message}`, error);
  }
  mustBe(fingerprint, found, file);

  const options = { use: "DATABASE", statementTimeoutMs: 0, lockTimeoutMs: 0 } as const;
  const { client } = await connect(into, { ...options, applicationName: "slipway backup, compares" });
  try {
    const schema = await takeSnapshot(client);
    if (schema.sha256 !== contents.schema.sha256) {
      const changes = compareSchemas(contents.schema.snapshot, schema.snapshot);
      throw unproven(
        file,
        `it restores to another schema: ${describeChanges(changes).replaceAll(/\s+/g, " ").slice(0, 300)}`,
      );
    }
    const counts = await countRows(client);
    for (const [table, count] of contents.counts) {
      if (counts.get(table) === count) continue;
      throw unproven(file, `${table} has ${count} rows and restores to ${counts.get(table) ?? "none"}`);
    }
  } finally {
    await client.end();
  }
}

/** Throws BACKUP_DAMAGED (exit 11) when a file's bytes are not those that were written. */
export function mustBe(expected: Fingerprint, found: Fingerprint | undefined, file: string): void {
  if (found === undefined || found.sha256 === expected.sha256) return;
  const says =
    found.bytes === expected.bytes
      ? `is not what was written: SHA-256 ${found.sha256.slice(0, 12)} and not ${expected.sha256.slice(0, 12)}`
      : `is not what was written: ${found.bytes} bytes and not ${expected.bytes}`;
  throw new SlipwayError(
    {
      code: "BACKUP_DAMAGED",
      at: file,
      says,
      hint: "check the disk, move the file away and run the same command again",
    },
    "verifyFailed",
  );
}

function unproven(at: string, says: string, cause?: unknown): SlipwayError {
  const hint = "nothing was migrated; check the server's log, then run the same command again";
  return new SlipwayError({ code: "BACKUP_UNPROVEN", at, says, hint }, "verifyFailed", { cause });
}

function databaseOf(url: Secret): string {
  return decodeURIComponent(new URL(url.reveal()).pathname.slice(1));
}
