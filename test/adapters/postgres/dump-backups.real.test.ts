import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Client } from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { takeDump, type DumpSurroundings } from "../../../src/adapters/postgres/dump-backups.ts";
import { readDump } from "../../../src/adapters/postgres/dump-file.ts";
import { proveDump } from "../../../src/adapters/postgres/prove-dump.ts";
import { findDumpTools } from "../../../src/adapters/postgres/dump-tools.ts";
import { restoreCommand } from "../../../src/core/backup/restore-command.ts";
import type { DumpPolicy } from "../../../src/core/config/policy-types.ts";
import { SlipwayError, type Problem } from "../../../src/core/errors.ts";
import { Secret } from "../../../src/core/secret.ts";
import { postgresInstallations } from "../../../src/machine/postgres/binaries.ts";
import { startPostgres, type PostgresServer } from "../../../src/machine/postgres/server.ts";
import { canonicalHash } from "../../../src/adapters/postgres/canonical-hash.ts";

// Postgres from npm comes without pg_dump, so these need a Postgres that is installed on the machine.
const installed = postgresInstallations().find(({ folder }) => existsSync(join(folder, "bin", "pg_dump")));
if (installed === undefined) {
  process.stderr.write("Backups by pg_dump are not tested: no Postgres of this machine has a pg_dump\n");
}
const { folder: home = "", major = 0 } = installed ?? {};
const bin = join(home, "bin");
const NEVER = new AbortController().signal;

let server: PostgresServer;
let folder: string;
let url: string;
let client: Client;

/** What a test knows of an app: rows, a view, a policy, an index, a sequence, an enum, a trigger. */
const APP = `
  create type mood as enum ('low', 'high');
  create table clinics (id int generated always as identity primary key, name text not null unique);
  create table entries (
    id bigserial primary key, clinic int not null references clinics, mood mood not null default 'low',
    note text, gone text, written_at timestamptz not null default now());
  alter table entries drop column gone;
  create index entries_by_clinic on entries (clinic) where mood = 'low';
  alter table entries enable row level security;
  alter table entries force row level security;
  create policy own on entries using (clinic = current_setting('app.clinic', true)::int);
  create view low as select id, note from entries where mood = 'low';
  create function touch() returns trigger language plpgsql as $$ begin new.written_at = now(); return new; end $$;
  create trigger touches before update on entries for each row execute function touch();
  comment on table entries is 'one patient''s words';
  insert into clinics (name) values ('a'), ('b');
  insert into entries (clinic, note) select 1 + n % 2, repeat('words ', n) from generate_series(1, 500) n;`;

describe.skipIf(installed === undefined)("a backup by pg_dump", () => {
  beforeAll(async () => {
    const place = await mkdtemp(join(tmpdir(), "slipway-test-postgres-"));
    server = await startPostgres({ folder: place, major, settings: { fsync: "off" } });
  }, 120_000);
  afterAll(() => server.remove());
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "slipway-backup-test-"));
    await onServer("create database diary");
    url = server.url.replace(/\/[^/]*$/, "/diary");
    client = new Client({ connectionString: url });
    await client.connect();
    await client.query(APP);
  });
  afterEach(async () => {
    await client.end();
    await onServer("drop database diary with (force)");
    await rm(folder, { recursive: true, force: true });
  });

  test("is taken, restored, compared and kept, and leaves no copy on the server", async () => {
    const proof = await take();

    const file = join(folder, "backups", proof.id);
    expect(proof).toEqual({
      kind: "pg_dump",
      id: expect.stringMatching(/^diary-[0-9a-f]{8}\.diary-local-d-1\..*\.dump$/) as string,
      file,
      sha256: (await readDump(file)).sha256,
      bytes: (await stat(file)).size,
      takenAt: expect.stringMatching(/^\d{4}-.*Z$/) as string,
      takenSeconds: expect.any(Number) as number,
      restoredSeconds: expect.any(Number) as number,
      tables: 2,
      rows: 502,
      schema: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      major,
      tool: expect.stringMatching(/^\d+\.\d+/) as string,
      reused: false,
    });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(JSON.parse(await readFile(`${file}.json`, "utf8"))).toEqual(proof);
    expect(await leftovers()).toEqual([]);
  });

  test("comes back by the command that a failed deployment prints", async () => {
    const proof = await take();
    await client.query("drop table entries cascade; create table entries (nothing int)");

    await onServer("create database restored");
    const env = { PATH: `${bin}:/usr/bin:/bin`, RESTORE_URL: server.url.replace(/\/[^/]*$/, "/restored") };
    const ran = spawnSync("/bin/sh", ["-c", restoreCommand(proof)], { env, encoding: "utf8" });
    expect({ status: ran.status, stderr: ran.stderr }).toEqual({ status: 0, stderr: "" });
    const restored = new Client({ connectionString: env.RESTORE_URL });
    await restored.connect();
    const { rows } = await restored.query("select count(*)::int as count from entries");
    await restored.end();
    await onServer("drop database restored with (force)");
    expect(rows).toEqual([{ count: 500 }]);
  });

  test("on a server of its own asks nothing of the database's server but to be read", async () => {
    await client.query("create role keeper; alter table clinics owner to keeper");
    try {
      const proof = await take({ proveOn: "scratch-server" });
      expect(proof).toMatchObject({ tables: 2, rows: 502 });
    } finally {
      await client.query("alter table clinics owner to current_user; drop role keeper");
    }
  }, 60_000);

  test("that is recent and still whole is good enough; a flipped bit in it is found before anything is migrated", async () => {
    const first = await take();
    expect(await take({ maxAgeMinutes: 5 })).toEqual({ ...first, reused: true });

    await flip(first.file, Math.floor(first.bytes / 2));
    expect(await refused(take({ maxAgeMinutes: 5 }))).toMatchObject({
      code: "BACKUP_DAMAGED",
      at: first.file,
      says: expect.stringMatching(/^is not what was written: SHA-256 \w{12} and not \w{12}$/) as string,
    });
  });

  test("of another schema is not taken for a recent one", async () => {
    const first = await take();
    await client.query("alter table clinics add column city text");
    expect((await take({ maxAgeMinutes: 5 })).id).not.toBe(first.id);
  });

  test.each([
    ["flipped by one bit at its beginning", (file: string) => flip(file, 11)],
    ["flipped by one bit in the middle", (file: string, bytes: number) => flip(file, bytes >> 1)],
    ["flipped by one bit at its end", (file: string, bytes: number) => flip(file, bytes - 1)],
    [
      "cut short",
      async (file: string, bytes: number) => writeFile(file, (await readFile(file)).subarray(0, bytes - 7)),
    ],
  ])("%s between the writing and the proof is not proven", async (_, damage) => {
    const { file, sha256, bytes } = await take();
    await damage(file, bytes);

    await client.query("create database empty");
    const into = new Secret("into", server.url.replace(/\/[^/]*$/, "/empty"));
    const tools = await findDumpTools(major, bin);
    const contents = { schema: { sha256: canonicalHash({}), snapshot: {} }, counts: new Map() };
    const proving = proveDump({ file, fingerprint: { sha256, bytes }, contents }, into, {
      tools,
      signal: NEVER,
      onExit,
    });
    expect((await refused(proving)).code).toBe("BACKUP_DAMAGED");
    await client.query("drop database empty with (force)");
  });

  test("that the tool itself cut short is refused and not kept", async () => {
    const surroundings = await withTool("pg_dump", `${bin}/pg_dump "$@" | head -c 4000`);
    const problem = await refused(take({}, surroundings));
    expect(problem.code).toBe("BACKUP_UNPROVEN");
    expect(problem.says).toMatch(/^it cannot be restored: /);
    expect(await readdir(join(folder, "backups"))).toEqual([]);
    expect(await leftovers()).toEqual([]);
  });

  test("that lacks the rows of a table is refused by their number", async () => {
    const surroundings = await withTool("pg_dump", `exec ${bin}/pg_dump --exclude-table-data=clinics "$@"`);
    expect(await refused(take({}, surroundings))).toMatchObject({ code: "BACKUP_UNPROVEN" });

    await client.query("alter table entries drop constraint entries_clinic_fkey");
    expect((await refused(take({}, surroundings))).says).toBe("public.clinics has 2 rows and restores to 0");
  });

  test("that lacks a part of the schema is refused with what is missing", async () => {
    const surroundings = await withTool("pg_dump", `exec ${bin}/pg_dump --no-comments "$@"`);
    expect((await refused(take({}, surroundings))).says).toBe(
      "it restores to another schema: - comment table public.entries",
    );
  });

  test("never shows the password among the arguments of a process", async () => {
    const seen = join(folder, "seen");
    const tell = `tr '\\0' ' ' < /proc/$$/cmdline >> ${seen}; env | grep -c "^PGPASSWORD=." >> ${seen}`;
    const surroundings = await withTool("pg_dump", `${tell}; exec ${bin}/pg_dump "$@"`);
    await take({}, surroundings);
    const text = await readFile(seen, "utf8");
    expect(text).toContain("--format=custom");
    expect(text.trim().endsWith("1")).toBe(true);
    expect(text).not.toContain(new URL(url).password);
  });

  test("without a pg_dump says what to install", async () => {
    const problem = await refused(take({}, { ...surroundings(), path: folder, packaged: folder }));
    expect(problem).toEqual({
      code: "BACKUP_TOOL_MISSING",
      at: "pg_dump",
      says: `a backup of Postgres ${major} needs pg_dump and pg_restore ${major} or newer; there is none on this machine`,
      hint: `install them (on Debian and Ubuntu: apt-get install postgresql-client-${major}) or put their folder on PATH`,
    });
  });

  test("is not tried with a pg_dump that is older than the server", async () => {
    const surroundings = await withTool("pg_dump", `echo "pg_dump (PostgreSQL) 9.6.1"`);
    expect((await refused(take({}, surroundings))).says).toContain("there is 9.6.1 on this machine");
  });

  test("as a role from which rows are hidden is refused", async () => {
    await client.query(
      "create role app login password 'x' createdb; grant all on schema public to app; grant all on all tables in schema public to app",
    );
    try {
      const asApp = url.replace(/\/\/[^@]*@/, "//app:x@");
      const problem = await refused(take({}, surroundings(), asApp));
      expect(problem.code).toBe("BACKUP_ROWS_HIDDEN");
      expect(problem.says).toBe("row-level security hides rows of entries from this role");
    } finally {
      await client.query("drop owned by app; drop role app");
    }
  });

  test("as a role that may create no database is refused", async () => {
    await client.query("create role reader login bypassrls password 'x'; grant pg_read_all_data to reader");
    try {
      const asReader = url.replace(/\/\/[^@]*@/, "//reader:x@");
      expect((await refused(take({}, surroundings(), asReader))).code).toBe("BACKUP_NO_SCRATCH");
    } finally {
      await client.query("drop owned by reader; drop role reader");
    }
  });

  test("that waits longer than its deadline is given up, and its processes with it", async () => {
    const blocker = new Client({ connectionString: url });
    await blocker.connect();
    await blocker.query("begin; lock table entries in access exclusive mode");
    const problem = await refused(take({ timeoutSeconds: 2 }));
    await blocker.end();
    expect(problem).toMatchObject({ code: "BACKUP_TOO_SLOW", says: "took longer than 2 s" });
    await gone();
    expect(await readdir(join(folder, "backups"))).toEqual([]);
  });

  test("ends with the process that takes it, even when that is killed", async () => {
    const { path } = await withTool("pg_dump", "exec yes");
    const program = `
      import { takeDump } from ${JSON.stringify(resolve("src/adapters/postgres/dump-backups.ts"))};
      import { Secret } from ${JSON.stringify(resolve("src/core/secret.ts"))};
      const { url, path, folder } = JSON.parse(process.env.GIVEN);
      const policy = { kind: "pg_dump", folder: "backups", maxAgeMinutes: 0, proveOn: "same-server", timeoutSeconds: 60 };
      await takeDump({ policy, name: "d", url: new Secret("url", url), signal: new AbortController().signal },
        { folder, path, packaged: folder, onExit: () => () => undefined });`;
    const env = { ...process.env, GIVEN: JSON.stringify({ url, path, folder }) };
    const parent = spawn(process.execPath, ["--input-type=module", "-e", program], { env, stdio: "ignore" });
    const children = () =>
      spawnSync("ps", ["-o", "pid=", "--ppid", String(parent.pid)], { encoding: "utf8" }).stdout.trim();
    const files = join(folder, "backups");
    await expect.poll(() => readdir(files).catch(() => []), { timeout: 20_000 }).toHaveLength(1);
    const tool = Number(children());
    expect(tool).toBeGreaterThan(0);

    parent.kill("SIGKILL");
    await expect.poll(() => isAlive(tool), { timeout: 10_000 }).toBe(false);
  }, 40_000);

  test("that is stopped ends with the reason, and its processes with it", async () => {
    const stop = new AbortController();
    const surroundings = await withTool("pg_dump", `exec yes`);
    const taking = take({}, surroundings, url, stop.signal);
    const files = join(folder, "backups");
    await expect.poll(() => readdir(files).catch(() => []), { timeout: 10_000 }).toHaveLength(1);
    stop.abort(new Error("asked to stop"));
    await expect(taking).rejects.toThrow("asked to stop");
    expect(await readdir(files)).toEqual([]);
  });

  test("that has no folder to go to is refused", async () => {
    await writeFile(join(folder, "backups"), "a file");
    expect(await refused(take())).toMatchObject({
      code: "BACKUP_UNWRITABLE",
      says: expect.stringMatching(/^cannot be written: E\w+$/) as string,
    });
  });

  test("on a full disk is refused, and leaves nothing there", async () => {
    const small = join(folder, "backups");
    await mkdir(small);
    const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=16k", "tmpfs", small]).status === 0;
    // Noise, which does not get smaller when it is compressed.
    await client.query("insert into clinics (name) select md5(random()::text) from generate_series(1, 5000)");
    if (!mounted) {
      process.stderr.write("A full disk is not tested: this user may not mount one\n");
      return;
    }
    try {
      expect(await refused(take())).toMatchObject({
        code: "BACKUP_DISK_FULL",
        says: "the disk is full; what was written is removed",
      });
      expect(await readdir(small)).toEqual([]);
    } finally {
      spawnSync("umount", [small]);
    }
  });
});

function onExit(): () => void {
  return () => undefined;
}

function surroundings(): DumpSurroundings {
  return {
    folder,
    path: bin,
    onExit,
    startServer: async (major, signal) =>
      startPostgres({ folder: await mkdtemp(join(tmpdir(), "slipway-restore-")), major, signal }),
  };
}

/** The real tools, one of them replaced by a script. */
async function withTool(name: "pg_dump" | "pg_restore", script: string): Promise<DumpSurroundings> {
  const tools = await mkdtemp(join(folder, "tools-"));
  for (const tool of ["pg_dump", "pg_restore"]) {
    const body = tool === name ? script : `exec ${bin}/${tool} "$@"`;
    const version = script.includes("9.6.1")
      ? ""
      : `case "$1" in --version) exec ${bin}/${tool} --version;; esac\n`;
    await writeFile(join(tools, tool), `#!/bin/sh\n${version}${body}\n`);
    await chmod(join(tools, tool), 0o755);
  }
  return { ...surroundings(), path: tools, packaged: folder };
}

function take(
  changes: Partial<DumpPolicy> = {},
  around: DumpSurroundings = surroundings(),
  from = url,
  signal = NEVER,
) {
  const policy: DumpPolicy = {
    kind: "pg_dump",
    folder: "backups",
    maxAgeMinutes: 0,
    proveOn: "same-server",
    urlSecret: undefined,
    timeoutSeconds: 60,
    ...changes,
  };
  return takeDump({ policy, name: "diary-local-d-1", url: new Secret("url", from), signal }, around);
}

async function refused(taking: Promise<unknown>): Promise<Problem> {
  const error: unknown = await taking.then(
    () => new Error("nothing was refused"),
    (reason: unknown) => reason,
  );
  if (error instanceof SlipwayError && error.exit === "verifyFailed" && error.problems[0])
    return error.problems[0];
  throw error;
}

async function flip(file: string, at: number): Promise<void> {
  const bytes = await readFile(file);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  await writeFile(file, bytes);
}

async function onServer(statement: string): Promise<void> {
  const admin = new Client({ connectionString: server.url });
  await admin.connect();
  await admin.query(statement);
  await admin.end();
}

async function leftovers(): Promise<unknown[]> {
  const { rows } = await client.query(
    "select datname from pg_database where datname ~ '^slipway_backup_' union all select application_name from pg_stat_activity where application_name ~ '^slipway backup'",
  );
  return rows;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function gone(): Promise<void> {
  await expect.poll(leftovers, { timeout: 10_000 }).toEqual([]);
}
