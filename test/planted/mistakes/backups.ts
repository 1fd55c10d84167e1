import { createHash } from "node:crypto";
import { join } from "node:path";
import { databaseMark } from "../../../src/adapters/postgres/dump-source.ts";
import { keepProof } from "../../../src/adapters/postgres/kept-dumps.ts";
import { takeSnapshot } from "../../../src/adapters/postgres/kept-snapshots.ts";
import { Secret } from "../../../src/core/secret.ts";
import type { Chapter } from "../planted.ts";
import { localDemands, pair } from "../small-app.ts";
import type { Stage } from "../stage.ts";

const UP = ["migrate", "up", "--env=local"];
const AGE = pair("0004_age", "alter table users add column age int;", "alter table users drop column age;");
const RECENT = { kind: "pg_dump", folder: "backups", maxAgeMinutes: 60 } as const;
const BYTES = Buffer.from("what pg_dump wrote");

/** A dump of a moment ago that was proven, and whose file was changed since. */
const aDump = (changed: Buffer) => async (stage: Stage) => {
  const { sha256: schema } = await takeSnapshot(await stage.connect());
  const id = `${databaseMark(new Secret("url", stage.url))}.diary-local-d-1.dump`;
  const file = join(stage.folder, "backups", id);
  await stage.write({ [`backups/${id}`]: changed });
  const sha256 = createHash("sha256").update(BYTES).digest("hex");
  const takenAt = new Date().toISOString();
  const took = { takenSeconds: 1, restoredSeconds: 1, tables: 1, rows: 2, major: 18, tool: "18.4" };
  await keepProof({
    kind: "pg_dump",
    id,
    file,
    sha256,
    bytes: BYTES.length,
    schema,
    takenAt,
    ...took,
    reused: false,
  });
};

/** A deployment that needs a backup and cannot rely on one does not start. */
export const BACKUPS: Chapter = {
  promise: "Backup before production",
  mistakes: [
    {
      mistake: "a backup by RDS of an instance that is not there",
      argv: UP,
      exit: 11,
      codes: ["BACKUP_SOURCE_MISSING"],
      config: localDemands({ backup: { kind: "rds-snapshot", instance: "diary-db" } }),
      files: AGE,
    },
    {
      mistake: "a backup as a role from which rows are hidden",
      argv: UP,
      exit: 11,
      codes: ["BACKUP_ROWS_HIDDEN"],
      config: localDemands({ backup: { kind: "pg_dump", folder: "backups" } }),
      files: AGE,
      prepare: async (stage) => {
        await stage.query(
          "create role planted_reader login password 'x'; grant pg_read_all_data to planted_reader; alter table users enable row level security",
        );
        stage.onClose(() => stage.query("drop owned by planted_reader; drop role planted_reader"));
        await stage.pointTo(stage.theatre.urlOf(stage.database, { user: "planted_reader", password: "x" }));
      },
    },
    {
      mistake: "one bit of a recent dump has flipped",
      argv: UP,
      exit: 11,
      codes: ["BACKUP_DAMAGED"],
      config: localDemands({ backup: RECENT }),
      files: AGE,
      prepare: aDump(Buffer.from(BYTES.map((byte, index) => (index === 7 ? byte ^ 1 : byte)))),
    },
    {
      mistake: "a recent dump was cut short",
      argv: UP,
      exit: 11,
      codes: ["BACKUP_DAMAGED"],
      config: localDemands({ backup: RECENT }),
      files: AGE,
      prepare: aDump(BYTES.subarray(0, 9)),
    },
  ],
};
