import { randomUUID } from "node:crypto";
import type { ActPorts } from "../actions/act-ports.ts";
import type { EnvironmentConfig } from "../core/config/types.ts";
import type { Approver } from "../ports/approver.ts";
import type { Gatekeeping } from "../ports/gatekeeping.ts";
import type { PersonKey } from "../ports/person-key.ts";
import type { RunApprovals } from "../ports/run-approvals.ts";
import type { Provider, SignerOptions } from "./act-options.ts";
import { findSurroundings } from "./compose.ts";
import { ledgerUrl } from "./compose-ledger.ts";

export interface ComposedActs extends AsyncDisposable {
  readonly ports: ActPorts;
}

/** Everything that the acts of people need: the ledger, and a way to prove who they are. */
export async function composeActs(options: SignerOptions, env: NodeJS.ProcessEnv): Promise<ComposedActs> {
  const url = await ledgerUrl(env);
  const [{ openLedger }, { ledgerTools }] = await Promise.all([
    import("../adapters/postgres/open-ledger.ts"),
    import("../adapters/postgres/ledger-hash.ts"),
  ]);
  const ledger = await openLedger(url);
  return {
    ports: {
      journal: ledger.journal,
      gatekeeping: ledger.gatekeeping,
      leases: ledger.leases,
      approverOf: (environment) => ({
        prove: async (challenge) =>
          (await composeApprover(options, environment, ledger.gatekeeping, env)).prove(challenge),
      }),
      newId: (letter) => `${letter}-${randomUUID()}`,
      canonicalize: ledgerTools.canonicalize,
    },
    [Symbol.asyncDispose]: () => ledger.close(),
  };
}

async function composeApprover(
  options: SignerOptions,
  environment: EnvironmentConfig,
  gatekeeping: Gatekeeping,
  env: NodeJS.ProcessEnv,
): Promise<Approver> {
  const provider = options.as ?? atHand(environment, env);
  if (provider === "github") return composeGithub(gatekeeping, env);
  if (provider === "local") return composePersonKey(options.person, env);
  const { stsApprover } = await import("../adapters/aws/sts-approver.ts");
  const { access } = await findSurroundings(environment, env);
  return stsApprover(access, { practice: environment.cloud === "local" });
}

// A run's own token before a person's: where both are, the second one is a robot's as often as not.
async function composeGithub(gatekeeping: Gatekeeping, env: NodeJS.ProcessEnv): Promise<Approver> {
  const [{ githubPlaces }, { oidcApprover, tokenSource }, { apiToken, tokenApprover }] = await Promise.all([
    import("../adapters/github/github-places.ts"),
    import("../adapters/github/oidc-approver.ts"),
    import("../adapters/github/token-approver.ts"),
  ]);
  const source = tokenSource(env);
  if (source === undefined) return tokenApprover(githubPlaces(env), apiToken(env));
  return oidcApprover(githubPlaces(env), source, () => gatekeeping.now());
}

function atHand(environment: EnvironmentConfig, env: NodeJS.ProcessEnv): Provider {
  if (env["ACTIONS_ID_TOKEN_REQUEST_URL"] || env["SLIPWAY_OIDC_TOKEN"]) return "github";
  if (environment.cloud === "local") return "local";
  return env["GH_TOKEN"] || env["GITHUB_TOKEN"] ? "github" : "aws";
}

/** What people clicked in GitHub. */
export async function composeRunApprovals(env: NodeJS.ProcessEnv): Promise<RunApprovals> {
  const [{ githubPlaces }, { apiToken }, { runApprovals }] = await Promise.all([
    import("../adapters/github/github-places.ts"),
    import("../adapters/github/token-approver.ts"),
    import("../adapters/github/run-approvals.ts"),
  ]);
  return runApprovals(githubPlaces(env), apiToken(env));
}

/** Makes a person's key for practice and answers its identity. */
export async function makePersonKey(person: string, env: NodeJS.ProcessEnv): Promise<string> {
  const { createPersonKey } = await import("../adapters/local/person-key.ts");
  return createPersonKey(await stateFolderOf(env), person);
}

/** The key of a person on this machine, or the only one there is. */
export async function composePersonKey(
  person: string | undefined,
  env: NodeJS.ProcessEnv,
): Promise<PersonKey> {
  const { personKeyApprover } = await import("../adapters/local/person-key.ts");
  return personKeyApprover(await stateFolderOf(env), person);
}

/** Hex SHA-256 of the canonical JSON of a value. */
export async function composeFingerprint(): Promise<(value: unknown) => string> {
  const { canonicalSha256 } = await import("../adapters/local/canonical-sha256.ts");
  return canonicalSha256;
}

async function stateFolderOf(env: NodeJS.ProcessEnv): Promise<string> {
  const { stateFolder } = await import("../machine/processes/state-folder.ts");
  return stateFolder(env);
}
