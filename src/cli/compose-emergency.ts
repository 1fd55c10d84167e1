import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { EmergencyPorts } from "../actions/emergency-rollback.ts";
import type { ApproveEmergencyPorts } from "../actions/approve-emergency.ts";
import type { EnvironmentConfig } from "../core/config/types.ts";
import { SlipwayError, type Problem } from "../core/errors.ts";
import type { VerifierKey } from "../core/ledger/signed-note.ts";
import type { Secret } from "../core/secret.ts";
import { composeAnchors } from "./compose-anchors.ts";
import { composeKnownGood, composeSigner, ledgerPlaces } from "./compose-checkpoints.ts";
import { composePlatform } from "./compose-platform.ts";
import { findSurroundings } from "./compose.ts";
import type { Project } from "./find-project.ts";

/** Everything that a rollback needs on the day the ledger is gone. The signing key has to be here: none is made. */
export async function composeEmergency(
  { folder, config }: Project,
  environment: EnvironmentConfig,
  trust: string | undefined,
  env: NodeJS.ProcessEnv,
): Promise<EmergencyPorts> {
  const { access, ambientRegion, ledgerUrl } = await findSurroundings(environment, env);
  const anchors = await composeAnchors(config.ledger, environment, { access, folder, env });
  const signer = await composeSigner(config.ledger.origin, env, false);
  const [platform, { emergencyJournals }, { stateFolder }] = await Promise.all([
    composePlatform(folder, { access, ambientRegion, env }),
    import("../adapters/local/emergency-journal.ts"),
    import("../machine/processes/state-folder.ts"),
  ]);
  const journals = { folder: join(stateFolder(env), "emergency"), signer, anchors, clock: platform.clock };
  const given = trust === undefined ? [] : await readKeys(trust);
  return {
    ...platform,
    knownGood: await composeKnownGood(anchors, signer, given, () => Promise.resolve(undefined), env),
    journals: emergencyJournals(journals),
    whyGone: () => whyGone(ledgerUrl),
  };
}

/** The keys of this machine and of a file: whom a journal has to be signed by. */
export async function emergencyKeys(
  origin: string,
  trust: string | undefined,
  env: NodeJS.ProcessEnv,
): Promise<readonly VerifierKey[]> {
  // A machine that has the ledger's key trusts it, also when it never used it before.
  if (env["SLIPWAY_SIGNING_KEY"]) await composeSigner(origin, env, false);
  const { readTrustFileIfAny } = await import("../adapters/local/trust-file.ts");
  const own = await readTrustFileIfAny((await ledgerPlaces(env)).trust);
  return trust === undefined ? own : [...own, ...(await readKeys(trust))];
}

/** What signing an emergency statement needs: a person's key and a clock, and nothing that could be gone. */
export async function composeApproveEmergency(
  person: string | undefined,
  env: NodeJS.ProcessEnv,
): Promise<ApproveEmergencyPorts> {
  const [{ personKeyApprover }, { stateFolder }, { systemClock }, { proofTools }] = await Promise.all([
    import("../adapters/local/person-key.ts"),
    import("../machine/processes/state-folder.ts"),
    import("../adapters/local/system-clock.ts"),
    import("../adapters/local/proof-tools.ts"),
  ]);
  return {
    approver: personKeyApprover(stateFolder(env), person),
    clock: systemClock,
    canonicalize: proofTools.canonicalize,
    newId: () => `e-${randomUUID()}`,
  };
}

async function readKeys(file: string): Promise<readonly VerifierKey[]> {
  const { readTrustFile } = await import("../adapters/local/trust-file.ts");
  return readTrustFile(file);
}

/** Reads only: a ledger is never set up here. */
async function whyGone(url: Secret): Promise<Problem | undefined> {
  const { openAudit } = await import("../adapters/postgres/open-ledger.ts");
  const { history, close } = openAudit(url);
  try {
    if ((await history.log()) !== undefined) return undefined;
    return { code: "LEDGER_MISSING", at: "ledger", says: "its tables are empty", hint: "" };
  } catch (error) {
    // One that answers and lets nobody in is not gone.
    const [problem] = error instanceof SlipwayError ? error.problems : [];
    if (problem?.code === "LEDGER_UNREACHABLE" || problem?.code === "LEDGER_MISSING") return problem;
    throw error;
  } finally {
    await close();
  }
}
