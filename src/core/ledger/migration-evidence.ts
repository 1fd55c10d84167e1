import type { LintReport } from "../lint/lint-report.ts";
import type { Migration, MigrationHeader } from "../migration/types.ts";
import type { Waiver } from "../migration/waiver.ts";
import type { KeptRehearsal } from "../rehearsal/types.ts";
import type { SchemaSnapshot } from "../schema/types.ts";
import { checkpointOfNote } from "./checkpoint.ts";
import type { MigrationProof } from "./migration-proof.ts";
import { migrationRuns, type MigrationRun } from "./migration-runs.ts";
import { pageEnd, pageRow, pageStart } from "./record-page.ts";

// The evidence of a migration is an archive like that of a deployment: some files, a manifest with the hash of each, and a
// signed note with the hash of the manifest. What the files say of each other is checked as well.

/** What a database remembers of a migration that is applied. */
export interface RememberedMigration {
  readonly ranAt: string;
  readonly seconds: number | null;
  readonly ranBy: string | null;
  readonly upSha256: string;
  readonly downSha256: string;
  readonly renderedSha256: string | null;
  /** Hex SHA-256 of the schema around it; null: it ran among more at once than are described. */
  readonly schemaBefore: string | null;
  readonly schemaAfter: string | null;
}

/** All that is known of a migration beside the ledger. */
export interface MigrationDossier {
  readonly migration: Migration;
  /** Its files, byte for byte. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly waivers: readonly Waiver[];
  /** Those of these very texts. */
  readonly rehearsals: readonly KeptRehearsal[];
  /** Null: it is not applied. */
  readonly remembered: RememberedMigration | null;
  readonly before: SchemaSnapshot | null;
  readonly after: SchemaSnapshot | null;
}

/** What of the lint's report is about one migration, as it is when the archive is made. */
export type LintEvidence = Pick<LintReport, "findings" | "waived" | "skipped" | "problems">;

/** `migration.json`. */
export interface MigrationDocument {
  readonly schema: 1;
  readonly app: string;
  readonly env: string;
  readonly id: string;
  readonly up: { readonly file: string; readonly sha256: string; readonly header: MigrationHeader };
  /** Null: there is no way back but a restore. */
  readonly down: { readonly file: string; readonly sha256: string; readonly header: MigrationHeader } | null;
  readonly renderedSha256: string;
  readonly remembered: RememberedMigration | null;
}

export const TEXTS_FOLDER = "files/";
export const RENDERED = { up: "rendered/up.sql", down: "rendered/down.sql" } as const;
export const SNAPSHOTS = { before: "schema/before.json", after: "schema/after.json" } as const;

/** The files without manifest and signature: name → bytes. */
export function migrationEvidenceFiles(
  proof: MigrationProof,
  dossier: MigrationDossier,
  lint: LintEvidence,
  keys: readonly string[],
  canonicalize: (value: unknown) => string,
): ReadonlyMap<string, Uint8Array> {
  const { migration, before, after } = dossier;
  const json = (value: unknown): string => `${canonicalize(value)}\n`;
  // Without a line feed, so that the file's own hash is the one that is on record.
  const snapshots = [
    [SNAPSHOTS.before, before],
    [SNAPSHOTS.after, after],
  ] as const;
  const texts: readonly (readonly [string, string])[] = [
    ...proofFiles(proof, canonicalize),
    ["migration.json", json(documentOf(proof, dossier))],
    ["waivers.json", json({ waivers: dossier.waivers })],
    ["rehearsals.json", json({ schema: 1, rehearsals: dossier.rehearsals })],
    ["lint.json", json(lint)],
    [RENDERED.up, migration.up.sql],
    ...(migration.irreversible ? [] : [[RENDERED.down, migration.down.sql] as const]),
    ...snapshots.flatMap(([name, value]) => (value === null ? [] : [[name, canonicalize(value)] as const])),
    ["migration.html", pageOf(proof, dossier)],
    ["keys", keys.map((key) => `${key}\n`).join("")],
    ["README.txt", README],
  ];
  const encoder = new TextEncoder();
  return new Map([
    ...texts.map(([name, text]) => [name, encoder.encode(text)] as const),
    ...[...dossier.files].map(([name, bytes]) => [`${TEXTS_FOLDER}${name}`, bytes] as const),
  ]);
}

/** The files that say nothing but what the proof says: name → text. */
export function proofFiles(
  proof: MigrationProof,
  canonicalize: (value: unknown) => string,
): readonly (readonly [name: string, text: string])[] {
  return [
    ["proof.json", `${canonicalize(proof)}\n`],
    ["checkpoint.note", proof.checkpoint],
    ["runs.json", `${canonicalize({ runs: migrationRuns(proof.records, proof.migration) })}\n`],
  ];
}

function documentOf(
  { migration: { app, env } }: MigrationProof,
  dossier: MigrationDossier,
): MigrationDocument {
  const { migration, remembered } = dossier;
  const { id, up, down, irreversible, renderedSha256 } = migration;
  const text = ({ file, sha256, header }: typeof up) => ({ file, sha256, header });
  return {
    schema: 1,
    app,
    env,
    id,
    up: text(up),
    down: irreversible ? null : text(down),
    renderedSha256,
    remembered,
  };
}

function pageOf(
  proof: MigrationProof,
  { migration, waivers, rehearsals, remembered }: MigrationDossier,
): string {
  const { app, env, id } = proof.migration;
  const checkpoint = checkpointOfNote(proof.checkpoint);
  const facts = {
    migration: id,
    "app / environment": `${app} / ${env}`,
    ledger: checkpoint?.log ?? "",
    checkpoint: `${checkpoint?.size ?? 0} records, root ${checkpoint?.root ?? ""}`,
    up: `${migration.up.file}, SHA-256 ${migration.up.sha256}`,
    down: migration.irreversible ? "none" : `${migration.down.file}, SHA-256 ${migration.down.sha256}`,
    rehearsed: rehearsals.map(({ postgres }) => `on Postgres ${postgres}`).join("; "),
    waivers: waivers
      .map(({ rule, at, owner, expires, reason, signed }) => {
        const how = signed === undefined ? "noted" : "signed";
        return `${rule} at ${at}, ${how} by ${owner} until ${expires}: ${reason}`;
      })
      .join("; "),
    applied: remembered === null ? "no" : `at ${remembered.ranAt} by ${remembered.ranBy ?? "somebody"}`,
    runs: migrationRuns(proof.records, proof.migration).map(inWords).join("; "),
  };
  const rows = proof.records.map(({ seq, record }) => pageRow(seq, record));
  return `${pageStart(`Migration ${id} in ${env}`, facts)}${rows.join("")}${pageEnd()}`;
}

function inWords({ direction, outcome, at, seq, backup }: MigrationRun): string {
  return `${direction} at ${at}: ${outcome} (record ${seq})${backup === null ? "" : `, backup ${backup}`}`;
}

const README = `The evidence of one migration in one environment.

proof.json        the records of each deployment and run in which it ran, and for each the way to the root of the
                  signed checkpoint
checkpoint.note   that checkpoint
runs.json         each run of it that these records tell of: up, failed tries, down
migration.json    what its files say of themselves, their SHA-256, and what the database remembers of it
files/            its files, byte for byte; rendered/ is the SQL that they stand for
waivers.json      what was let through, by whom, with their signatures
rehearsals.json   that its up, down and up were rehearsed with these very texts
lint.json         what is said against these texts by the rules of the day on which this archive was made
schema/           the schema before and after it, where each was described; the file's SHA-256 is the one on record
migration.html    the same for people
keys              the public keys that the one who made this trusted
manifest.json     the SHA-256 of each of these files
manifest.note     the signature over the manifest

Verify it with: npx slipway audit verify --evidence=<this archive> --trust=<keys that you got elsewhere>
`;
