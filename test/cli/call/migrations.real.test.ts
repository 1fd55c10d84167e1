import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { MODULE_ROOT } from "../../../src/cli/call/module/module-source.ts";
import { startEngine } from "../../../src/engine/start.ts";
import { anApp } from "./an-app.ts";

/** Each call starts a Postgres, and a busy machine takes its time over one. */
const TIMEOUT_MS = 600_000;

const DIARY = join(MODULE_ROOT, "examples/diary");
const app = aDiary();
// A session reads a folder of the host once, so what is planted needs one of its own.
const broken = aDiary();
const snapshot = join(app.folder, "snapshot.json");
let engine: Awaited<ReturnType<typeof startEngine>>;

beforeAll(async () => {
  writeFileSync(join(broken.folder, "migrations/0006_patient_locale.down.sql"), "select 1;\n");
  engine = await startEngine({ cacheFolder: join(app.folder, "../cache/slipway") });
});
afterAll(async () => {
  await engine.close();
  app.remove();
  broken.remove();
}, TIMEOUT_MS);

function aDiary(): ReturnType<typeof anApp> {
  const diary = anApp({});
  rmSync(join(diary.folder, "slipway.config.json"));
  for (const part of ["migrations", "seeds", "slipway.config.ts", "package.json"]) {
    cpSync(join(DIARY, part), join(diary.folder, part), { recursive: true, force: true });
  }
  return diary;
}

/** One engine for all of them: it is what takes the time. */
const migrations = (...words: string[]) => migrationsOf(app, ...words);
const migrationsOf = (diary: typeof app, ...words: string[]) =>
  diary.call(["migrations", ...words], {
    DAGGER_SESSION_PORT: String(engine.port),
    DAGGER_SESSION_TOKEN: engine.token,
  });

test(
  "without any database: the history goes up, down and up again, is described, and a bad down is found",
  async () => {
    const trip = await migrations("round-trip", "--to=0006");
    expect(trip.stderr).toMatch(/migrations round-trip: done in /);
    expect(trip.exitCode).toBe(0);
    expect(trip.stdout).toMatch(
      /^went up, down, up in a database of its own on Postgres \d+\.\d+, which was dropped\n {2}up: 6 migrations in .*, schema ([0-9a-f]{12})\n {2}down: 6 migrations in .*\n {2}up: 6 migrations in .*, schema \1\n$/,
    );
    expect(trip).toMatchObject({ exitCode: 0 });
    expect(trip.stderr).toMatch(/migrations round-trip: done in /);

    const described = await migrations("snapshot", "--to=0003", "-o", snapshot);
    expect(described).toMatchObject({ exitCode: 0 });
    const { app: name, owner, schema } = JSON.parse(readFileSync(snapshot, "utf8")) as Record<string, object>;
    expect({ name, owner, sections: Object.keys(schema ?? {}) }).toMatchObject({
      name: "diary",
      owner: "owner",
      sections: expect.arrayContaining(["relations", "columns", "policies"]) as string[],
    });

    const rehearsed = await migrationsOf(broken, "rehearse");
    expect(rehearsed.exitCode).toBe(12);
    expect(rehearsed.stderr).toContain(
      "migrations rehearse: slipway ended with exit code 12: 0006_patient_locale.down.sql: does not bring the schema back",
    );
  },
  TIMEOUT_MS,
);

test(
  "what cannot be asked is refused before anything runs",
  async () => {
    const wrong = await migrations("reherse");
    expect(wrong.exitCode).toBe(2);
    expect(wrong.stderr).toContain(
      'there is no function "reherse" on a Migrations\n    → did you mean "rehearse"?',
    );

    const missing = await migrations("down");
    expect(missing.stderr).toContain("slipway call migrations down --help lists the flags");

    const version = await migrations("--postgres=newest", "lint");
    expect(version.exitCode).toBe(2);
    expect(version.stderr).toContain(
      '--postgres must be a major version such as 18, or an image, got "newest"',
    );
  },
  TIMEOUT_MS,
);
