import type { KnownGood } from "../deployment/types.ts";
import { parseJson } from "../json.ts";
import { isObject } from "../ledger/is-object.ts";
import { checkNote, type NoteTools, type VerifierKey } from "../ledger/signed-note.ts";
import { readRelease } from "../release/schema.ts";
import type { ReleaseMigration } from "../release/types.ts";

/** What a rollback has to know of an environment on the day the ledger is gone. */
export interface KnownGoodList {
  readonly schema: 1;
  readonly app: string;
  readonly env: string;
  /** Id of the ledger it was written from. */
  readonly log: string;
  /** The newest commits, oldest first. */
  readonly releases: readonly KnownGood[];
  /** Contract migrations that are applied or may be: no release that does not know them can be gone back to. */
  readonly contracts: readonly ReleaseMigration[];
}

/** More than this many releases back nobody goes in an emergency. */
export const KNOWN_GOOD_KEPT = 10;

// So that no checkpoint and no other note of the same key can be shown as one.
const CONTEXT = "slipway-known-good";

/** The text that is signed: what it is, the public key that signs it, and the list in canonical JSON. */
export function writeKnownGoodList(
  list: KnownGoodList,
  verifierKey: string,
  canonicalize: (value: unknown) => string,
): string {
  return `${CONTEXT}\n${verifierKey}\n${canonicalize(list)}\n`;
}

export type ReadList =
  | { readonly kind: "list"; readonly list: KnownGoodList }
  | { readonly kind: "refused"; readonly says: string };

/** Believes a note that a trusted key has signed and that is about this very environment. */
export function readKnownGoodList(
  note: string,
  about: { readonly app: string; readonly env: string },
  keys: readonly VerifierKey[],
  tools: NoteTools,
): ReadList {
  const verdict = checkNote(note, keys, tools);
  if (verdict.kind === "not-a-note") return refused("is no signed note");
  if (verdict.kind === "bad-signature") return refused(`is not as ${verdict.by} signed it`);
  if (verdict.kind === "unknown-key") return refused(`is signed by ${verdict.by}, which is not trusted here`);

  const [context, , json, ...rest] = verdict.text.split("\n");
  if (context !== CONTEXT || rest.join("") !== "")
    return refused("is signed, but is no list of known good releases");
  const parsed = parseJson(json ?? "");
  const list = parsed.kind === "value" ? listOf(parsed.value) : undefined;
  if (list === undefined) return refused("is signed, but this version of Slipway cannot read it");
  if (list.app === about.app && list.env === about.env) return { kind: "list", list };
  return refused(`is about ${list.app}/${list.env}`);
}

function refused(says: string): ReadList {
  return { kind: "refused", says };
}

function listOf(value: unknown): KnownGoodList | undefined {
  if (!isObject(value) || value["schema"] !== 1) return undefined;
  const { app, env, log, releases, contracts } = value;
  if (typeof app !== "string" || typeof env !== "string" || typeof log !== "string") return undefined;
  if (!Array.isArray(releases) || !Array.isArray(contracts)) return undefined;
  const read = releases.map(readKnownGood).filter((one) => one !== undefined);
  const files = contracts.map(readMigration).filter((one) => one !== undefined);
  return read.length === releases.length && files.length === contracts.length
    ? { schema: 1, app, env, log, releases: read, contracts: files }
    : undefined;
}

/** A known good release out of a file's JSON; `undefined` when it is none. */
export function readKnownGood(value: unknown): KnownGood | undefined {
  if (!isObject(value)) return undefined;
  const { deploymentId, purpose, revisions, at } = value;
  const release = readRelease(value["release"]);
  if (release.kind === "refused" || typeof deploymentId !== "string" || typeof at !== "string")
    return undefined;
  if (purpose !== "deploy" && purpose !== "rollback") return undefined;
  if (!isObject(revisions)) return undefined;
  const pairs = Object.entries(revisions).flatMap(([component, revision]) =>
    typeof revision === "string" ? [[component, revision] as const] : [],
  );
  return { deploymentId, purpose, release: release.release, revisions: Object.fromEntries(pairs), at };
}

function readMigration(value: unknown): ReleaseMigration | undefined {
  if (!isObject(value)) return undefined;
  const { file, sha256, phase } = value;
  if (typeof file !== "string" || typeof sha256 !== "string" || phase !== "contract") return undefined;
  return { file, sha256, phase };
}
