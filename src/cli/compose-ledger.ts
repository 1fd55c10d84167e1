import { join } from "node:path";
import type { ProofTools } from "../core/acts/check-proof.ts";
import { SlipwayError } from "../core/errors.ts";
import { EXPORT } from "../core/ledger/export-files.ts";
import type { NoteTools, VerifierKey } from "../core/ledger/signed-note.ts";
import type { LedgerTools } from "../core/ledger/types.ts";
import { Secret } from "../core/secret.ts";
import type { AuditTrail } from "../ports/audit-trail.ts";
import type { CheckpointHistory } from "../ports/checkpoints.ts";
import { ledgerPlaces } from "./compose-checkpoints.ts";

export interface ComposedAudit extends AsyncDisposable {
  readonly audit: AuditTrail;
  readonly history: CheckpointHistory;
  readonly ledgerTools: LedgerTools;
  readonly noteTools: NoteTools;
}

/** The ledger, to be read. It belongs to no app's folder: the URL alone says which one. */
export async function composeAudit(env: NodeJS.ProcessEnv): Promise<ComposedAudit> {
  const url = await ledgerUrl(env);
  const { openAudit } = await import("../adapters/postgres/open-ledger.ts");
  const { audit, history, close } = openAudit(url);
  return { audit, history, ...(await composeTools()), [Symbol.asyncDispose]: close };
}

/** Hashes and signatures, which need nothing of the ledger. */
export async function composeTools(): Promise<{
  readonly ledgerTools: LedgerTools;
  readonly noteTools: NoteTools;
  readonly proofTools: ProofTools;
}> {
  const [{ ledgerTools }, { noteTools }, { proofTools }] = await Promise.all([
    import("../adapters/postgres/ledger-hash.ts"),
    import("../adapters/local/note-tools.ts"),
    import("../adapters/local/proof-tools.ts"),
  ]);
  return { ledgerTools, noteTools, proofTools };
}

/** An export, to be read as the ledger is. */
export async function composeExport(folder: string) {
  const { openExport } = await import("../adapters/local/ledger-export.ts");
  const opened = openExport(folder);
  return { audit: opened, history: opened, ...(await composeTools()) };
}

/** What the verbs that write files need besides. */
export async function composeFiles() {
  const [{ newFiles }, { tarArchive }] = await Promise.all([
    import("../adapters/local/new-files.ts"),
    import("../adapters/local/tar-archive.ts"),
  ]);
  return { files: newFiles, archive: tarArchive };
}

export interface Trust {
  /** Undefined: nobody said whom to trust, so signatures are not checked. */
  readonly keys: readonly VerifierKey[] | undefined;
  readonly keyTexts: readonly string[];
  /** The keys came with what they are to prove. */
  readonly isOwn: boolean;
}

/** The trusted keys: of the file, else those of the export, else those of this machine. */
export async function composeTrust(
  file: string | undefined,
  exported: string | undefined,
  env: NodeJS.ProcessEnv,
): Promise<Trust> {
  const [{ readTrustFile, readTrustFileIfAny }, { noteTools }, { writeVerifierKey }] = await Promise.all([
    import("../adapters/local/trust-file.ts"),
    import("../adapters/local/note-tools.ts"),
    import("../core/ledger/signed-note.ts"),
  ]);
  const isOwn = file === undefined && exported !== undefined;
  const place = exported === undefined ? (await ledgerPlaces(env)).trust : join(exported, EXPORT.keys);
  const keys = file === undefined ? await readTrustFileIfAny(place) : await readTrustFile(file);
  return {
    // A trust file that was given and is empty trusts nobody.
    keys: keys.length === 0 && file === undefined ? undefined : keys,
    keyTexts: keys.map(({ name, publicKey }) => writeVerifierKey(name, publicKey, noteTools)),
    isOwn,
  };
}

/** The URL of the ledger, from the variables or the running local cloud. Throws `LEDGER_UNKNOWN` (exit 2). */
export async function ledgerUrl(env: NodeJS.ProcessEnv): Promise<Secret> {
  for (const name of ["SLIPWAY_LEDGER_URL", "DATABASE_URL"]) {
    const value = env[name];
    if (value) return new Secret(name, value);
  }

  const [{ stateFolder }, { findLocalCloud }] = await Promise.all([
    import("../machine/processes/state-folder.ts"),
    import("../adapters/local/cloud-state.ts"),
  ]);
  const cloud = await findLocalCloud(stateFolder(env), env["SLIPWAY_CLOUD"] || "default");
  if (cloud?.ledgerUrl !== undefined) return new Secret("ledger-url", cloud.ledgerUrl);
  throw new SlipwayError(
    {
      code: "LEDGER_UNKNOWN",
      at: "SLIPWAY_LEDGER_URL",
      says: "nothing says where the ledger is, and no local cloud runs",
      hint: "set SLIPWAY_LEDGER_URL to its Postgres URL, or start the local cloud with `slipway cloud up`",
    },
    "usage",
  );
}
