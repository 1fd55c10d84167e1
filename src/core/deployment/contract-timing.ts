import type { Problem } from "../errors.ts";
import type { Migration } from "../migration/types.ts";
import type { Instant } from "../time.ts";
import type { KnownGood } from "./types.ts";

/** What is known when a contract migration asks to run. All times are those of databases. */
export interface ContractFacts {
  readonly pending: readonly Migration[];
  readonly applied: readonly { readonly id: string; readonly ranAt: string }[];
  /** Every release that was good here, oldest first; the last one runs, and is the way back. */
  readonly history: readonly KnownGood[];
  /** When the first deployment here began, RFC 3339; undefined: there was none. */
  readonly firstDeployment: string | undefined;
  readonly now: Instant;
}

/**
 * Contract migrations among the pending ones whose time has not come: code that needs the old shape still runs or is the
 * way back, or the expanding one is younger than they demand. The release that brings the expanding one counts as code
 * that needs the old shape, because it goes out beside such code.
 */
export function contractsTooEarly(facts: ContractFacts): readonly Problem[] {
  return facts.pending
    .filter(({ up }) => up.header.phase === "contract")
    .flatMap((one) => {
      const problem = oldCode(one, facts) ?? tooYoung(one, facts);
      return problem === undefined ? [] : [problem];
    });
}

function oldCode(contract: Migration, { history }: ContractFacts): Problem | undefined {
  const running = history.at(-1)?.release;
  if (running === undefined || has(running, contract.id)) return undefined;
  const { contracts } = contract.up.header;
  if (contracts === undefined) {
    return tooEarly(
      contract,
      "does not say which migration it contracts, so nobody knows which code needs the old shape",
      "write into it: -- slipway: phase=contract, contracts=<id of the migration that expanded>",
    );
  }

  const name = `${running.version} (${running.id})`;
  const first = history.find(({ release }) => has(release, contracts))?.release;
  const hint = `deploy a release with ${contracts} and without ${contract.id} first`;
  if (!has(running, contracts)) {
    return tooEarly(contract, `${name} runs here and was built before ${contracts}`, hint);
  }
  if (first?.id !== running.id) return undefined;
  return tooEarly(
    contract,
    `${name} runs here and is the first with ${contracts}, so it may still need the old shape`,
    hint,
  );
}

function tooYoung(contract: Migration, facts: ContractFacts): Problem | undefined {
  const { contracts, afterDays = 0 } = contract.up.header;
  const ranAt = facts.applied.find(({ id }) => id === contracts)?.ranAt;
  if (ranAt === undefined || afterDays === 0 || isOfFirstDeployment(ranAt, facts)) return undefined;
  const opens = Date.parse(ranAt) + afterDays * DAY_MS;
  if (facts.now >= opens) return undefined;
  const when = iso(opens);
  return tooEarly(
    contract,
    `${contracts} ran here at ${iso(Date.parse(ranAt))} and must be ${afterDays} ${afterDays === 1 ? "day" : "days"} old; this opens at ${when}`,
    `deploy after ${when}, or a release without ${contract.id} now`,
  );
}

/** Nothing was ever good here, and a deployment of ours brought the expanding one: there is no old code to wait for. */
function isOfFirstDeployment(ranAt: string, { history, firstDeployment }: ContractFacts): boolean {
  if (history.length > 0 || firstDeployment === undefined) return false;
  return Date.parse(ranAt) >= Date.parse(firstDeployment);
}

const DAY_MS = 86_400_000;

function has({ migrations }: KnownGood["release"], id: string): boolean {
  return migrations.some(({ file }) => file === id || file.startsWith(`${id}.`));
}

function tooEarly({ up }: Migration, says: string, hint: string): Problem {
  return { code: "CONTRACT_TOO_EARLY", at: up.file, says, hint };
}

function iso(instant: Instant): string {
  return new Date(instant).toISOString().replace(/\.\d+Z$/, "Z");
}
