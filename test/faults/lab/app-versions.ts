import { createHash } from "node:crypto";
import type { ReleaseMigration } from "../../../src/core/release/types.ts";

/** File → text, of the migrations that each version brings. */
const FIRST: Readonly<Record<string, string>> = {
  "0001_entries.up.sql":
    "create table entries (id bigint generated always as identity primary key, text text not null);\n",
  "0001_entries.down.sql": "drop table entries;\n",
};

const SECOND: Readonly<Record<string, string>> = {
  ...FIRST,
  "0002_notes.up.sql": "create table notes (id bigint primary key, entry bigint references entries (id));\n",
  "0002_notes.down.sql": "drop table notes;\n",
  "0003_tags.up.sql":
    "create table tags (name text primary key);\nalter table entries add column tag text;\n",
  "0003_tags.down.sql": "alter table entries drop column tag;\ndrop table tags;\n",
};

/** What the harness delivers: 1 and 2 are good, 3 answers its smoke test with a wrong version, 4 dies at once. */
export type Version = 1 | 2 | 3 | 4;

export function migrationsOf(version: Version): Readonly<Record<string, string>> {
  return version === 1 ? FIRST : SECOND;
}

export function releaseMigrations(version: Version): ReleaseMigration[] {
  return Object.entries(migrationsOf(version))
    .map(([file, text]) => ({ file, sha256: createHash("sha256").update(text).digest("hex") }))
    .sort((a, b) => (a.file < b.file ? -1 : 1));
}

/** A server that says which release it is, as the platform told it. */
const SERVER = `
  const { SLIPWAY_VERSION: version, SLIPWAY_COMMIT: commit } = process.env;
  const server = require("node:http").createServer((request, response) => {
    if (request.url === "/healthz") { response.end("ok"); return; }
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ version: version === "3.0.0" ? "2.0.0" : version, commit }));
  });
  server.listen(0, "127.0.0.1", () => process.stdout.write(String(server.address().port)));
  // Whoever kills the harness is not left with its tasks.
  const parent = process.ppid;
  setInterval(() => { if (process.ppid !== parent) process.exit(); }, 1000).unref();
  process.on("SIGTERM", () => { server.close(() => process.exit(0)); server.closeIdleConnections(); });
`;

export function programOf(version: Version): string {
  return version === 4 ? "process.exitCode = 3" : SERVER;
}
