import { addMigration, contentCommit, edit, setVersion } from "./app-versions.ts";
import { broughtUp, deployed, schemaAfter, type Deployed } from "./answers.ts";
import { release, step, type Run } from "./deliver.ts";
import { startProber, type ProbeReport } from "./prober.ts";
import { heading, note } from "./story.ts";

/** What the summary tells of. */
export interface Shown {
  readonly url: string;
  readonly probe: ProbeReport;
  readonly deployments: readonly Deployed[];
  readonly records: string;
  readonly audit: string;
}

const REQUESTS_A_SECOND = 60;
const ROLLED_BACK = 20;

/** The three deliveries: the first one, one under load, and one that is broken and must be rolled back. */
export async function deliverThreeVersions(run: Run): Promise<Shown> {
  const cloud = broughtUp(await step(run, "bring up the local cloud", ["cloud", "up", "--json"]));
  await step(run, "check the app", ["call", "--engine=embedded", "check"]);

  setVersion(run.app, "1.0.0");
  const first = await deploy(run, "1.0.0", await build(run, "1.0.0", cloud.registry));
  const url = first.url;
  await expectVersion(url, "1.0.0");

  addFeature(run.app);
  const two = await build(run, "2.0.0", cloud.registry);
  const { probe, second } = await deployUnderLoad(run, `${url}/version`, two);
  await expectVersion(url, "2.0.0");
  const schema = await schemaOf(run);

  breakLogin(run.app);
  const three = await build(run, "3.0.0", cloud.registry);
  const third = await deploy(run, "3.0.0", three, ROLLED_BACK);
  await expectVersion(url, "2.0.0");
  expectSame("the schema after the rollback", await schemaOf(run), schema);

  const { stdout: records } = await step(run, "read the ledger", ["audit", "show", "--env=local"]);
  const { stdout: verdict } = await step(run, "verify the ledger", ["audit", "verify"]);
  return { url, probe, deployments: [first, second, third], records, audit: verdict.trim() };
}

/** Takes the cloud and everything in it down, also when nothing, or only half of it, is up. */
export async function takeDown(run: Run): Promise<void> {
  heading((performance.now() - run.startedAt) / 1000, "take everything down");
  const left = { ...run, signal: new AbortController().signal };
  await step(left, "take the local cloud down", ["cloud", "down", "--purge"]);
}

function build(run: Run, version: string, registry: string): Promise<string> {
  return release(run, version, registry, contentCommit(run.app));
}

async function deploy(run: Run, version: string, manifest: string, expected = 0): Promise<Deployed> {
  const argv = ["deploy", "--env=local", `--release=${manifest}`, "--json"];
  return deployed(await step(run, `deploy version ${version}`, argv, expected));
}

async function deployUnderLoad(
  run: Run,
  url: string,
  manifest: string,
): Promise<{ probe: ProbeReport; second: Deployed }> {
  const prober = startProber(url, REQUESTS_A_SECOND);
  try {
    await prober.answers(REQUESTS_A_SECOND);
    const second = await deploy(run, "2.0.0 under load", manifest);
    await prober.answers(REQUESTS_A_SECOND);
    const probe = await prober.stop();
    note(`${probe.sent} requests at ${probe.perSecond.toFixed(0)}/s, ${probe.failed} failed`);
    if (probe.failed > 0) throw new Error(`${probe.failed} requests failed:\n${probe.failures.join("\n")}`);
    expectSame("the versions that answered", probe.versions.join(", then "), "1.0.0, then 2.0.0");
    return { probe, second };
  } finally {
    await prober.stop();
  }
}

/** Version 2: a column more, which old code does not mind. */
function addFeature(app: string): void {
  setVersion(app, "2.0.0");
  addMigration(
    app,
    "0013_hours_of_sleep",
    "alter table entries add column hours_of_sleep numeric(3, 1);",
    "alter table entries drop column hours_of_sleep;",
  );
}

/** Version 3: a mistake that no health check sees. Every token is refused, so nobody can log in. */
function breakLogin(app: string): void {
  setVersion(app, "3.0.0");
  edit(app, "src/api/api.ts", "bearerToken(request.headers.authorization)", "bearerToken(undefined)");
}

async function expectVersion(url: string, version: string): Promise<void> {
  const answer = await fetch(`${url}/version`, { signal: AbortSignal.timeout(5_000) });
  const { version: found } = (await answer.json()) as { version?: unknown };
  expectSame(`${url}/version`, String(found), version);
  note(`${url}/version says ${version}`);
}

async function schemaOf(run: Run): Promise<string> {
  return schemaAfter(
    await step(run, "migrations: nothing is pending", ["migrate", "up", "--env=local", "--json"]),
  );
}

function expectSame(what: string, found: string, expected: string): void {
  if (found !== expected) throw new Error(`${what}: expected ${expected}, found ${found}`);
}
