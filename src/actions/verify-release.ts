import type { KnownGood } from "../core/deployment/types.ts";
import type { Problem } from "../core/errors.ts";
import { secretName } from "../core/names.ts";
import type { Release } from "../core/release/types.ts";
import { smokeSecrets } from "../core/smoke/secret-names.ts";
import type { RunContext } from "./run-context.ts";
import { StepFailed } from "./steps.ts";

/** Component → environment variable → the platform's name of the secret. */
export type LocatedSecrets = Readonly<Record<string, Readonly<Record<string, string>>>>;

/**
 * Before anything moves: is every digest in its registry, every secret in its store, the way back still open, and do
 * the migrations fit the database? Throws `StepFailed` with everything that is missing.
 */
export async function verifyRelease(
  release: Release,
  lastKnownGood: KnownGood | undefined,
  context: RunContext,
): Promise<LocatedSecrets> {
  const located: Record<string, Record<string, string>> = {};
  const problems = (
    await Promise.all([
      missingImages(release, context),
      missingSecrets(located, context),
      lostWayBack(lastKnownGood, context),
      unfitMigrations(context),
    ])
  ).flat();
  if (problems.length > 0) throw new StepFailed("verify", problems);
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

async function unfitMigrations({ config, environment, ports }: RunContext): Promise<readonly Problem[]> {
  if (config.database === undefined) return [];
  const url = await ports.secrets.read(secretName(config.database.urlSecret, environment.name));
  const migrations = await ports.openMigrations({ url, folder: config.database.migrations });
  try {
    const plan = await migrations.plan();
    return plan.kind === "refused" ? plan.problems : [];
  } finally {
    await migrations.close();
  }
}
