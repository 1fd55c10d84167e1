import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { noteTools } from "../../../src/adapters/local/note-tools.ts";
import { proofTools } from "../../../src/adapters/local/proof-tools.ts";
import { canonicalHash } from "../../../src/adapters/postgres/canonical-hash.ts";
import { ledgerTools } from "../../../src/adapters/postgres/ledger-hash.ts";
import { readClaims } from "../../../src/core/ledger/claims.ts";
import { ProofCollector } from "../../../src/core/ledger/collect-proof.ts";
import { MANIFEST, manifestText, SIGNATURE, writeManifest } from "../../../src/core/ledger/evidence.ts";
import {
  migrationEvidenceFiles,
  type MigrationDossier,
} from "../../../src/core/ledger/migration-evidence.ts";
import type { MigrationProof } from "../../../src/core/ledger/migration-proof.ts";
import { migrationRuns, RunFinder } from "../../../src/core/ledger/migration-runs.ts";
import type { LedgerRow } from "../../../src/core/ledger/types.ts";
import { verifyEvidence } from "../../../src/core/ledger/verify-evidence.ts";
import type { Migration } from "../../../src/core/migration/types.ts";
import { aMigration } from "../../builders/a-migration.ts";
import { aKey, aWaiver, signedBy } from "../../builders/a-signed-waiver.ts";
import { keyOf, noteOf, resealed } from "../../tampering/kept-ledger.ts";
import { aRow, LOG, NO_HASH } from "./a-chain.ts";

const KEY = keyOf(7);
const OWNER = aKey();
const tools = { ...ledgerTools, ...noteTools, ...proofTools };
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const SUBJECT = { app: "diary", env: "production", id: "0002_merge" };

const UP = "alter table t drop column note;\n";
const DOWN = "alter table t add column note text;\n";
const MIGRATION: Migration = {
  ...aMigration("0002_merge"),
  up: { ...aMigration("0002_merge").up, sql: UP, sha256: sha256(UP) },
  down: { ...aMigration("0002_merge").down, sql: DOWN, sha256: sha256(DOWN) },
  renderedSha256: sha256(`${UP}\0${DOWN}`),
};
const CHECKSUMS = {
  upSha256: MIGRATION.up.sha256,
  downSha256: MIGRATION.down.sha256,
  renderedSha256: MIGRATION.renderedSha256,
};
const BEFORE = { columns: [{ table: "t", name: "note" }] };
const AFTER = { columns: [] };
const SCHEMAS = { schemaBefore: canonicalHash(BEFORE), schemaAfter: canonicalHash(AFTER) };
const ran = (file: string, changes: object = {}) => ({
  file,
  seconds: 0.2,
  attempts: 1,
  ...CHECKSUMS,
  ...SCHEMAS,
  ...changes,
});
const WAIVER = signedBy(
  OWNER,
  aWaiver({ rule: "REHEARSAL_ROWS_LOST", at: "0002_merge.down.sql" }),
  MIGRATION,
);

const DOSSIER: MigrationDossier = {
  migration: MIGRATION,
  files: new Map([
    ["0002_merge.up.sql", new TextEncoder().encode(UP)],
    ["0002_merge.down.sql", new TextEncoder().encode(DOWN)],
  ]),
  waivers: [WAIVER],
  rehearsals: [{ id: "0002_merge", postgres: "18.4", ...CHECKSUMS, ...SCHEMAS }],
  remembered: { ranAt: "2026-11-21T00:00:00.000Z", seconds: 0.2, ranBy: "owner", ...CHECKSUMS, ...SCHEMAS },
  before: BEFORE,
  after: AFTER,
};

function aStep(deploymentId: string, outcome: string, data: object) {
  const entry = { app: "diary", env: "production", deploymentId, step: "migrate", phase: "outcome", outcome };
  return aRow(1, NO_HASH, { entry: { ...entry, data } });
}

/** What happened: another's run, a failed try, an up by a deployment, a down, and up again by `migrate up`. */
function aLedger(last: object = {}): LedgerRow[] {
  const row = (seq: number, deploymentId: string, entry: object): LedgerRow => {
    const whole = {
      app: "diary",
      env: "production",
      deploymentId,
      actor: "github:1",
      type: "step",
      ...entry,
    };
    return { ...aRow(seq, NO_HASH, { entry: whole }), deploymentId };
  };
  const outcome = (direction: string, how: string, data: object) => ({
    step: "migrate",
    phase: "outcome",
    outcome: how,
    data: { direction, backup: "b-1", ran: [], failed: null, ...data },
  });
  const up = "0002_merge.up.sql";
  return resealed([
    row(1, "d-0", outcome("up", "done", { ran: [ran("0001_t.up.sql")] })),
    row(2, "d-9", { ...outcome("up", "done", { ran: [ran(up)] }), env: "staging" }),
    row(3, "d-1", {
      step: "migrate",
      phase: "intent",
      data: { pending: [{ file: up, sha256: "1".repeat(64) }] },
    }),
    row(4, "d-1", outcome("up", "failed", { failed: ran(up, { upSha256: "1".repeat(64) }) })),
    row(5, "d-2", { type: "deployment", phase: "intent", data: { commit: "1a2b3c4" } }),
    row(6, "d-2", outcome("up", "done", { ran: [ran("0001_t.up.sql"), ran(up)] })),
    row(7, "d-3", outcome("down", "done", { ran: [ran("0002_merge.down.sql")] })),
    row(8, "d-4", outcome("up", "done", { ran: [ran(up, last)] })),
    row(9, "d-5", outcome("up", "done", { ran: [ran("0003_x.up.sql")] })),
  ]);
}

function proofOf(rows = aLedger(), size = 9, all = false): MigrationProof {
  const note = noteOf(rows, size, LOG, KEY);
  const [claim] = readClaims([{ place: "anchor", ...note }], [KEY.verifier], noteTools).claims;
  if (claim === undefined) throw new Error("no claim");
  const finder = new RunFinder(SUBJECT);
  for (const { record } of rows) finder.take(record);
  const everybody = new Set(rows.map(({ deploymentId }) => deploymentId));
  const collector = new ProofCollector(all ? everybody : finder.deployments, claim, ledgerTools);
  for (const row of rows) collector.take(row);
  const collected = collector.finish();
  if (collected.kind !== "collected") throw new Error(collected.kind);
  return { schema: 1, migration: SUBJECT, ...collected.proof };
}

type Files = Map<string, Uint8Array>;
const LINT = { findings: [], waived: [], skipped: [], problems: [] };

/** An archive's files, sealed by whoever holds the key; `edit` is done before that. */
function sealed(edit: (files: Files) => void = () => undefined, dossier = DOSSIER, proof = proofOf()): Files {
  const files: Files = new Map(
    migrationEvidenceFiles(proof, dossier, LINT, ["key"], ledgerTools.canonicalize),
  );
  edit(files);
  const manifest = new TextEncoder().encode(writeManifest({ migration: SUBJECT }, files, tools));
  files.set(MANIFEST, manifest);
  files.set(SIGNATURE, new TextEncoder().encode(KEY.sign(manifestText(manifest, tools))));
  return files;
}

function verdictOf(files: Files, keys = [KEY.verifier]): string {
  const verdict = verifyEvidence(files, keys, tools);
  if (verdict.kind === "proven") return `proven: ${verdict.records} records`;
  const [fault] = verdict.faults;
  return `${fault?.kind}: ${fault?.says}`;
}

const write = (name: string, text: string) => (files: Files) =>
  void files.set(name, new TextEncoder().encode(text));
const replace = (name: string, from: string, to: string) => (files: Files) => {
  const text = new TextDecoder().decode(files.get(name));
  if (!text.includes(from)) throw new Error(`${name} does not hold ${from}`);
  write(name, text.replaceAll(from, to))(files);
};

test("holds every run of the migration in the environment, whichever way it went, and no other's", () => {
  const proof = proofOf();
  expect(proof.records.map(({ seq }) => seq)).toEqual([3, 4, 5, 6, 7, 8]);
  expect(
    migrationRuns(proof.records, SUBJECT).map(
      ({ seq, deploymentId, direction, outcome, upSha256, backup }) => {
        return [seq, deploymentId, direction, outcome, upSha256?.slice(0, 1), backup];
      },
    ),
  ).toEqual([
    [4, "d-1", "up", "failed", "1", "b-1"],
    [6, "d-2", "up", "ran", CHECKSUMS.upSha256.slice(0, 1), "b-1"],
    [7, "d-3", "down", "ran", CHECKSUMS.upSha256.slice(0, 1), "b-1"],
    [8, "d-4", "up", "ran", CHECKSUMS.upSha256.slice(0, 1), "b-1"],
  ]);
});

test("finds a run that was killed, and one of which an older record names the problem alone", () => {
  const finder = new RunFinder(SUBJECT);
  const rows = aLedger().slice(0, 3);
  for (const { record } of rows) finder.take(record);
  expect([...finder.deployments]).toEqual(["d-1"]);

  const data = { problems: [{ code: "MIGRATION_FAILED", at: "0002_merge.up.sql:3" }] };
  const { record } = aStep("d-8", "failed", data);
  expect(migrationRuns([{ seq: 1, record, path: [] }], SUBJECT)).toMatchObject([
    { deploymentId: "d-8", direction: "up", outcome: "failed", upSha256: null, seconds: null },
  ]);
});

test("a commit whose answer was lost is a run, and what a killed run left is not held against the archive", () => {
  const lost = aStep("d-6", "failed", { failed: ran("0002_merge.up.sql"), stayed: ["0002_merge.up.sql"] });
  expect(
    migrationRuns([{ seq: 1, record: lost.record, path: [] }], SUBJECT).map(({ outcome, upSha256 }) => {
      return [outcome, upSha256];
    }),
  ).toEqual([
    ["failed", CHECKSUMS.upSha256],
    ["ran", null],
  ]);

  const gone = { ...DOSSIER, remembered: null, before: null, after: null };
  const rows = aLedger().slice(0, 8);
  const intent = { step: "migrate", phase: "intent", data: { pending: [{ file: "0002_merge.up.sql" }] } };
  const entry = { app: "diary", env: "production", deploymentId: "d-7", type: "step", ...intent };
  const killed = resealed([...rows, { ...aRow(9, NO_HASH, { entry }), deploymentId: "d-7" }]);
  expect(verdictOf(sealed(undefined, gone, proofOf(killed, 9)))).toBe("proven: 7 records");
});

test("is proven by itself, names its files, and gives the same bytes again", () => {
  const files = sealed();
  expect(verdictOf(files)).toBe("proven: 6 records");
  expect([...files.keys()].sort()).toEqual([
    "README.txt",
    "checkpoint.note",
    "files/0002_merge.down.sql",
    "files/0002_merge.up.sql",
    "keys",
    "lint.json",
    "manifest.json",
    "manifest.note",
    "migration.html",
    "migration.json",
    "proof.json",
    "rehearsals.json",
    "rendered/down.sql",
    "rendered/up.sql",
    "runs.json",
    "schema/after.json",
    "schema/before.json",
    "waivers.json",
  ]);
  expect(sealed()).toEqual(files);
  expect(sha256(new TextDecoder().decode(files.get("schema/after.json")))).toBe(SCHEMAS.schemaAfter);
});

describe("whoever has no key is found out, and the file is named", () => {
  test.each([...sealed().keys()])("%s", (name) => {
    const bytes = sealed().get(name) ?? new Uint8Array();
    const flipped = Uint8Array.from(bytes, (byte, index) =>
      index === Math.floor(bytes.length * 0.8) ? byte ^ 1 : byte,
    );
    const changed = verdictOf(new Map([...sealed(), [name, flipped]]));
    const gone = verdictOf(new Map([...sealed()].filter(([other]) => other !== name)));
    const seal = {
      "manifest.json": "edited: the manifest is not the one that was signed",
      "manifest.note": "bad-signature: the manifest's signature is not as it was made",
    }[name];
    expect([changed, gone]).toEqual([
      seal ?? `edited: ${name} is not the file that was signed`,
      seal === undefined ? `deleted: ${name} is missing` : "deleted: it has no signed manifest",
    ]);
  });

  test("a file that was put in, and a key that is not trusted", () => {
    expect(verdictOf(new Map([...sealed(), ["files/0009_x.sql", new Uint8Array()]]))).toBe(
      'inserted: "files/0009_x.sql" was put in',
    );
    expect(verdictOf(sealed(), [])).toMatch(/^unknown-key: /);
  });
});

describe("whoever seals an archive that contradicts itself is found out too", () => {
  const other = "e".repeat(64);
  const cases: Record<string, readonly [edit: (files: Files) => void, says: string]> = {
    "another text": [
      write("files/0002_merge.up.sql", "drop table t;\n"),
      "edited: files/0002_merge.up.sql is not the text that migration.json names",
    ],
    "another SQL": [
      write("rendered/up.sql", "select 1"),
      "edited: rendered/up.sql and rendered/down.sql are not the SQL that migration.json names",
    ],
    "another migration": [
      replace("migration.json", "0002_merge", "0003_merge"),
      "edited: migration.json is not about 0002_merge in production",
    ],
    "a run left out": [
      replace("runs.json", '"direction":"down"', '"direction":"up"'),
      "edited: runs.json does not say what the records say",
    ],
    "another schema": [
      write("schema/after.json", "{}"),
      "edited: schema/after.json is not the schema that migration.json names",
    ],
    "a rehearsal of other texts": [
      replace("rehearsals.json", CHECKSUMS.downSha256, other),
      "edited: rehearsals.json is of other texts than migration.json",
    ],
    "a waiver that nobody signed so": [
      replace("waivers.json", "the old values are not kept", "the old values are kept"),
      "bad-signature: waivers.json: the waiver of REHEARSAL_ROWS_LOST for 0002_merge.down.sql is not what its key signed for these texts",
    ],
    "no waivers at all": [write("waivers.json", "{}"), "edited: waivers.json holds no waivers"],
    "no migration at all": [
      write("migration.json", "[]"),
      "edited: migration.json is not about 0002_merge in production",
    ],
  };
  test.each(Object.entries(cases))("%s", (_name, [edit, says]) => {
    expect(verdictOf(sealed(edit))).toBe(says);
  });

  test("texts that are not those that ran, and a text of a migration that is not applied", () => {
    const proof = proofOf(aLedger({ upSha256: other }));
    expect(verdictOf(sealed(undefined, DOSSIER, proof))).toBe(
      "edited: the texts are not those that ran, as the records name them",
    );
    const down = proofOf(aLedger().slice(0, 7), 7);
    const gone = { ...DOSSIER, remembered: null, before: null, after: null };
    expect(verdictOf(sealed(undefined, gone, down))).toBe("proven: 5 records");
    const unlike = "edited: migration.json does not say what the newest run on record left";
    expect(verdictOf(sealed(undefined, gone))).toBe(unlike);
    expect(verdictOf(sealed(undefined, DOSSIER, down))).toBe(unlike);
  });

  test("records of another deployment, and none that tells of the migration", () => {
    const proof = proofOf();
    expect(verdictOf(sealed(undefined, DOSSIER, proofOf(aLedger(), 9, true)))).toBe(
      "inserted: it is of another deployment",
    );
    const none = { ...DOSSIER, remembered: null, before: null, after: null };
    const without = { ...proof, records: proof.records.filter(({ seq }) => seq === 5) };
    expect(verdictOf(sealed(undefined, none, without))).toBe(
      "deleted: no run of 0002_merge in production is there",
    );
  });
});

test("where a newer record is not covered, what it left is not held against the archive", () => {
  const rows = aLedger();
  const uncovered = proofOf(rows, 7);
  expect([uncovered.records.at(-1)?.seq, uncovered.uncovered]).toEqual([7, [8]]);
  expect(verdictOf(sealed(undefined, DOSSIER, uncovered))).toBe("proven: 5 records");
});

test("shows what a stranger chose as text, not as markup", () => {
  const hostile = aWaiver({ at: "0002_merge.up.sql", reason: "<script>alert(1)</script>\u202e" });
  const page = new TextDecoder().decode(
    sealed(undefined, { ...DOSSIER, waivers: [hostile] }).get("migration.html"),
  );
  expect(page).toContain("noted by person-a until 2027-01-31: &#60;script&#62;");
  expect(page).not.toMatch(/<script|\u202e/);
});
