import { challengeOf } from "../acts/challenge.ts";
import type { ProofTools } from "../acts/check-proof.ts";
import { readWaivers, type Waiver } from "../migration/waiver.ts";
import { waiverStatement } from "../migration/waiver-statement.ts";
import { readRehearsals } from "../rehearsal/demand-rehearsals.ts";
import { toHex } from "./bytes.ts";
import { isObject } from "./is-object.ts";
import {
  proofFiles,
  RENDERED,
  SNAPSHOTS,
  TEXTS_FOLDER,
  type MigrationDocument,
} from "./migration-evidence.ts";
import type { MigrationProof } from "./migration-proof.ts";
import { migrationRuns, RunFinder } from "./migration-runs.ts";
import type { NoteTools } from "./signed-note.ts";
import type { LedgerFault } from "./types.ts";

type Tools = NoteTools & ProofTools;
type Files = ReadonlyMap<string, Uint8Array>;
interface Texts {
  readonly upSha256: string;
  readonly downSha256: string;
  readonly renderedSha256: string;
}

/** What in a migration's archive contradicts the rest of it; the first thing found. Hashes and signatures were checked. */
export function contradiction(files: Files, proof: MigrationProof, tools: Tools): LedgerFault | undefined {
  for (const [name, text] of proofFiles(proof, tools.canonicalize)) {
    if (textOf(files, name) !== text) return edited(`${name} does not say what the records say`);
  }
  const document = readDocument(jsonOf(files, "migration.json"));
  const { app, env, id } = proof.migration;
  if (document === undefined || document.app !== app || document.env !== env || document.id !== id) {
    return edited(`migration.json is not about ${id} in ${env}`);
  }
  const texts = {
    upSha256: document.up.sha256,
    downSha256: document.down?.sha256 ?? document.up.sha256,
    renderedSha256: document.renderedSha256,
  };
  return (
    textFault(files, document, tools) ??
    snapshotFault(files, document, tools) ??
    rehearsalFault(files, texts) ??
    waiverFault(files, app, texts, tools) ??
    ranFault(proof, document, texts)
  );
}

function textFault(files: Files, { up, down, renderedSha256 }: MigrationDocument, tools: Tools) {
  for (const { file, sha256 } of down === null ? [up] : [up, down]) {
    const name = `${TEXTS_FOLDER}${file}`;
    if (hashOf(files.get(name), tools) !== sha256)
      return edited(`${name} is not the text that migration.json names`);
  }
  const sql = `${textOf(files, RENDERED.up)}\0${textOf(files, RENDERED.down)}`;
  return hashOf(new TextEncoder().encode(sql), tools) === renderedSha256
    ? undefined
    : edited(`${RENDERED.up} and ${RENDERED.down} are not the SQL that migration.json names`);
}

function snapshotFault(files: Files, { remembered }: MigrationDocument, tools: Tools) {
  const hashes = { before: remembered?.schemaBefore ?? null, after: remembered?.schemaAfter ?? null };
  for (const when of ["before", "after"] as const) {
    const bytes = files.get(SNAPSHOTS[when]);
    if (bytes !== undefined && hashOf(bytes, tools) !== hashes[when])
      return edited(`${SNAPSHOTS[when]} is not the schema that migration.json names`);
  }
  return undefined;
}

function rehearsalFault(files: Files, texts: Texts) {
  const rehearsals = readRehearsals(jsonOf(files, "rehearsals.json"));
  const isOther = (one: Texts) => !isSame(one, texts);
  return rehearsals === undefined || rehearsals.some(isOther)
    ? edited("rehearsals.json is of other texts than migration.json")
    : undefined;
}

function waiverFault(files: Files, app: string, texts: Texts, tools: Tools) {
  const { waivers, problems } = readWaivers(jsonOf(files, "waivers.json"));
  if (problems.length > 0) return edited("waivers.json holds no waivers");
  const bad = waivers.find((waiver) => waiver.signed !== undefined && !isSigned(waiver, app, texts, tools));
  if (bad === undefined) return undefined;
  const says = `waivers.json: the waiver of ${bad.rule} for ${bad.at} is not what its key signed for these texts`;
  return { seq: 0, kind: "bad-signature", says } as const;
}

function isSigned(waiver: Waiver, app: string, texts: Texts, tools: Tools): boolean {
  const { signed } = waiver;
  if (signed === undefined || !isSame(signed, texts)) return false;
  const challenge = challengeOf(waiverStatement(app, waiver, signed), tools.canonicalize);
  return tools.verify(signed.publicKey, challenge, signed.signature);
}

/** What is applied must be what the newest run on record left, in these very texts. */
function ranFault(
  { records, migration, uncovered }: MigrationProof,
  { remembered }: MigrationDocument,
  texts: Texts,
) {
  const last = migrationRuns(records, migration).findLast(({ outcome }) => outcome === "ran");
  // What came after the checkpoint may have changed it, and so may a run that was killed.
  const finder = new RunFinder(migration);
  for (const { record } of records) finder.take(record);
  if (uncovered.length > 0 || finder.isOpen) return undefined;
  const isUp = last?.direction === "up";
  if (isUp !== (remembered !== null)) {
    return edited("migration.json does not say what the newest run on record left");
  }
  if (last === undefined || !isUp || last.upSha256 === null) return undefined;
  const { upSha256, downSha256, renderedSha256 } = last;
  return upSha256 === texts.upSha256 &&
    downSha256 === texts.downSha256 &&
    renderedSha256 === texts.renderedSha256
    ? undefined
    : edited("the texts are not those that ran, as the records name them");
}

function isSame(one: Texts, other: Texts): boolean {
  return (
    one.upSha256 === other.upSha256 &&
    one.downSha256 === other.downSha256 &&
    one.renderedSha256 === other.renderedSha256
  );
}

function readDocument(value: unknown): MigrationDocument | undefined {
  if (!isObject(value) || !isText(value["up"]) || typeof value["renderedSha256"] !== "string")
    return undefined;
  const { down, remembered } = value;
  if (down !== null && !isText(down)) return undefined;
  if (remembered !== null && !isObject(remembered)) return undefined;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what is used of it was checked above
  return value as unknown as MigrationDocument;
}

function isText(value: unknown): boolean {
  return isObject(value) && typeof value["file"] === "string" && typeof value["sha256"] === "string";
}

function hashOf(bytes: Uint8Array | undefined, tools: Tools): string | undefined {
  return bytes === undefined ? undefined : toHex(tools.sha256(bytes));
}

function textOf(files: Files, name: string): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(files.get(name) ?? new Uint8Array());
}

function jsonOf(files: Files, name: string): unknown {
  try {
    return JSON.parse(textOf(files, name));
  } catch {
    return undefined;
  }
}

function edited(says: string): LedgerFault {
  return { seq: 0, kind: "edited", says };
}
