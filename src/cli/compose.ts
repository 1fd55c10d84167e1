import type { CloudAccess } from "../adapters/aws/client-settings.ts";
import type { DeploymentPorts } from "../actions/deployment-ports.ts";
import type { EnvironmentConfig } from "../core/config/types.ts";
import type { DeploymentReport } from "../core/deployment/report.ts";
import { SlipwayError } from "../core/errors.ts";
import { scrubDeep } from "../core/scrub.ts";
import { Secret } from "../core/secret.ts";
import type { Reporter } from "../ports/reporter.ts";
import type { OpenSeeds } from "../ports/seeds.ts";
import { composeAnchors } from "./compose-anchors.ts";
import { composeCheckpoints } from "./compose-checkpoints.ts";
import { composeRemote } from "./compose-remote.ts";
import { composePlatform } from "./compose-platform.ts";
import type { Project } from "./find-project.ts";
import { shownBy } from "./out.ts";

// The only file (with compose-*.ts) that knows which adapter stands behind which port. Each one is loaded when it is
// needed: the SDK's clients take longer to load than most verbs to run.

export interface Composed extends AsyncDisposable {
  readonly ports: DeploymentPorts;
  /** How seeds are brought in where a worker has the database; undefined: this process has it. */
  readonly openSeeds: OpenSeeds | undefined;
}

/** What the app's config file holds, not yet checked. */
export async function loadConfig(folder: string): Promise<unknown> {
  const { loadConfigFile } = await import("../adapters/local/config-file.ts");
  return loadConfigFile(folder);
}

/** What a release manifest holds, not yet checked. */
export async function loadManifest(path: string): Promise<unknown> {
  const { readJson } = await import("../adapters/local/project-files.ts");
  return readJson(path);
}

/** Writes a file, its path relative to the working directory, as a person types it. Throws `FILE_…` (exit 2). */
export async function saveFile(path: string, text: string): Promise<void> {
  const { writeText } = await import("../adapters/local/write-text.ts");
  await writeText(path, text);
}

/** Hex SHA-256 of a value's canonical JSON (RFC 8785). */
export async function fingerprintOf(): Promise<(value: unknown) => string> {
  return (await import("../adapters/local/canonical-sha256.ts")).canonicalSha256;
}

/** Everything that a deployment of an app to one of its environments needs. `stop` ends the wait for the ledger. */
export async function composeDeployment(
  project: Project,
  environment: EnvironmentConfig,
  stop: AbortSignal,
): Promise<Composed> {
  const { folder, config } = project;
  const { env } = process;
  const { access, ambientRegion, ledgerUrl } = await findSurroundings(environment, env);
  const anchors = await composeAnchors(config.ledger, environment, { access, folder, env });
  const [platform, postgres] = await Promise.all([
    composePlatform(folder, { access, ambientRegion, env }),
    import("../adapters/postgres/open-ledger.ts"),
  ]);

  const ledger = await postgres.openLedger(ledgerUrl, stop);
  const { checkpoints, knownGood, ...proof } = await composeCheckpoints(
    ledgerUrl,
    config.ledger.origin,
    anchors,
    env,
  );
  const remote = await composeRemote(project, environment, {
    access,
    ledgerUrl,
    secrets: platform.secrets,
    note: (says) => platform.reporter.note(says),
    stop,
  });
  return {
    ports: {
      checkpoints,
      knownGood,
      gatekeeping: ledger.gatekeeping,
      journal: ledger.journal,
      leases: ledger.leases,
      releases: ledger.releases,
      ...platform,
      ...(remote && { openMigrations: remote.openMigrations, openInspection: remote.openInspection }),
    },
    openSeeds: remote?.openSeeds,
    [Symbol.asyncDispose]: async () => {
      await remote?.[Symbol.asyncDispose]();
      await Promise.all([proof[Symbol.asyncDispose](), ledger.close()]);
    },
  };
}

/** The story: a live tree on a terminal, else one line an event. Always on stderr. */
export async function composeReporter(): Promise<Reporter> {
  const { stderr, stdout, env } = process;
  // A terminal that does not know its width (as `script` makes one) would get one letter a line.
  const live = stderr.isTTY && stdout.isTTY && stderr.columns > 0 && env["CI"] === undefined;
  if (live) return shownBy((await import("../adapters/local/live-reporter.ts")).liveReporter(stderr));
  const { lineReporter } = await import("../adapters/local/line-reporter.ts");
  return shownBy(lineReporter((line) => process.stderr.write(`${line}\n`)));
}

/** Adds the report to the summary of the GitHub Actions run, when there is one. */
export async function appendSummary(report: DeploymentReport): Promise<void> {
  const file = process.env["GITHUB_STEP_SUMMARY"];
  if (!file) return;
  const { appendStepSummary } = await import("../adapters/local/step-summary.ts");
  await appendStepSummary(file, scrubDeep(report));
}

export interface Surroundings {
  readonly access: CloudAccess;
  readonly ambientRegion: string | undefined;
  readonly ledgerUrl: Secret;
}

/** Which cloud answers and where the ledger is, from the environment's config, variables and the running local cloud. */
export async function findSurroundings(
  environment: EnvironmentConfig,
  env: NodeJS.ProcessEnv,
): Promise<Surroundings> {
  const isLocal = environment.cloud === "local";
  const cloud = isLocal ? await localCloud(env) : undefined;
  const endpoint = env["AWS_ENDPOINT_URL"] || cloud?.endpoint;
  if (isLocal && endpoint === undefined) {
    throw new SlipwayError(
      {
        code: "LOCAL_CLOUD_DOWN",
        at: `environments/${environment.name}`,
        says: "no local cloud runs",
        hint: "start it with `slipway cloud up`",
      },
      "verifyFailed",
    );
  }

  const url = env["SLIPWAY_LEDGER_URL"] || env["DATABASE_URL"] || cloud?.ledgerUrl;
  if (url === undefined) {
    throw new SlipwayError(
      {
        code: "LEDGER_UNKNOWN",
        at: "SLIPWAY_LEDGER_URL",
        says: "nothing says where the ledger is",
        hint: "set SLIPWAY_LEDGER_URL to its Postgres URL",
      },
      "usage",
    );
  }
  return {
    access: {
      region: environment.region,
      endpoint,
      // The practice cloud takes anybody's; real ones are never sent to it.
      credentials: isLocal ? { accessKeyId: "slipway", secretAccessKey: "slipway" } : undefined,
    },
    ambientRegion: isLocal ? cloud?.region : env["AWS_REGION"] || env["AWS_DEFAULT_REGION"] || undefined,
    ledgerUrl: new Secret("ledger-url", url),
  };
}

async function localCloud(env: NodeJS.ProcessEnv) {
  const [{ stateFolder }, { findLocalCloud }] = await Promise.all([
    import("../machine/processes/state-folder.ts"),
    import("../adapters/local/cloud-state.ts"),
  ]);
  return findLocalCloud(stateFolder(env), env["SLIPWAY_CLOUD"] || "default");
}
