import type { KnownGood } from "../core/deployment/types.ts";
import type { Problem } from "../core/errors.ts";
import { secretName } from "../core/names.ts";
import type { Release } from "../core/release/types.ts";
import { smokeSecrets } from "../core/smoke/secret-names.ts";
import type { RunContext } from "./run-context.ts";
import { StepFailed } from "./step-faults.ts";

/** Component → environment variable → the platform's name of the secret. */
export type LocatedSecrets = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** What verifying has found. */
export interface Verified {
  readonly located: LocatedSecrets;
  readonly problems: readonly Problem[];
}

/** Is every digest in its registry, every secret in its store, and the way back still open? Reads only. */
export async function lookForAll(
  release: Release,
  lastKnownGood: KnownGood | undefined,
  context: RunContext,
): Promise<Verified> {
  const located: Record<string, Record<string, string>> = {};
  const problems = await Promise.all([
    missingImages(release, context),
    missingSecrets(located, context),
    lostWayBack(lastKnownGood, context),
  ]);
  return { located, problems: problems.flat() };
}

/**
 * The step before anything moves. Throws `StepFailed` with everything that is missing, and with what making the plan
 * has found already.
 */
export async function verifyRelease(
  release: Release,
  lastKnownGood: KnownGood | undefined,
  known: readonly Problem[],
  context: RunContext,
): Promise<LocatedSecrets> {
  const { located, problems } = await lookForAll(release, lastKnownGood, context);
  const all = [...problems, ...known];
  if (all.length > 0) throw new StepFailed("verify", all);
  return located;
}

async function missingImages(release: Release, { ports }: RunContext): Promise<Problem[]> {
  const found = await Promise.all(
    Object.entries(release.components).map(async ([component, { image, digest }]) => {
      const at = `release/components/${component}/image`;
      const there = await ports.registry.find(image);
      if (there === undefined) {
        return {
          code: "IMAGE_MISSING",
          at,
          says: `is not in its registry: "${image}"`,
          hint: "publish the release again",
        };
      }
      if (there.digest === digest) return undefined;
      return {
        code: "IMAGE_DIFFERS",
        at,
        says: `the registry answers ${there.digest} to a question for ${digest}`,
        hint: "do not trust this registry until somebody has looked; publish the release to another one",
      };
    }),
  );
  return found.filter((problem) => problem !== undefined);
}

async function missingSecrets(
  located: Record<string, Record<string, string>>,
  { config, environment, ports }: RunContext,
): Promise<Problem[]> {
  const problems: Problem[] = [];
  for (const [component, { secrets }] of Object.entries(config.components)) {
    const names: Record<string, string> = {};
    located[component] = names;
    for (const [variable, pattern] of Object.entries(secrets)) {
      const name = secretName(pattern, environment.name);
      const place = await ports.secrets.locate(name);
      if (place === undefined) {
        problems.push(missingSecret(`components/${component}/secrets/${variable}`, name));
      } else names[variable] = place;
    }
  }
  for (const [index, check] of environment.smoke.entries()) {
    for (const { name } of smokeSecrets(check, environment.name)) {
      if ((await ports.secrets.locate(name)) !== undefined) continue;
      problems.push(missingSecret(`environments/${environment.name}/smoke/${index}/headers`, name));
    }
  }
  return problems;
}

function missingSecret(at: string, name: string): Problem {
  return {
    code: "SECRET_MISSING",
    at,
    says: `there is no secret "${name}"`,
    hint: "create it in the environment's Secrets Manager",
  };
}

/** The revisions of a known good release that the platform no longer has. */
export async function lostWayBack(
  lastKnownGood: KnownGood | undefined,
  { ports }: RunContext,
): Promise<Problem[]> {
  const revisions = Object.entries(lastKnownGood?.revisions ?? {});
  const there = await Promise.all(revisions.map(([, revision]) => ports.tasks.exists(revision)));
  return revisions
    .filter((_revision, index) => there[index] === false)
    .map(([component, revision]) => ({
      code: "ROLLBACK_TARGET_MISSING",
      at: component,
      says: `what a rollback would return to is gone: ${revision}`,
      hint: "register it again, or deploy with a release that is known good first",
    }));
}
