import { addMigration, contentCommit, edit, setVersion } from "./app-versions.ts";
import { release, step, type Run } from "./deliver.ts";
import { startProber, type ProbeReport } from "./prober.ts";
import { slipway } from "./slipway.ts";

/** What the summary tells of. */
export interface Shown {
  readonly url: string;
  readonly probe: ProbeReport;
  readonly records: number;
  readonly audit: string;
}

const REQUESTS_A_SECOND = 60;

/** The three deliveries: one that is the first, one under load, and one that is broken and must be rolled back. */
export async function deliverThreeVersions(run: Run): Promise<Shown> {
  const cloud = JSON.parse(
    (await step(run, "bring up the local cloud", ["cloud", "up", "--json"])).stdout,
  ) as CloudUp;
  await step(run, "check the app: lint, types, unit tests, integration tests", [
    "call",
    "--engine=embedded",
    "check",
  ]);

  const first = await ship(run, cloud, "1.0.0", 0);
  const url = first.url ?? cloud.url;
  await expectVersion(run, url, "1.0.0");

  nextFeature(run.app);
  setVersion(run.app, "2.0.0");
  const second = await release(run, "2.0.0", cloud.registry, contentCommit(run.app));
  const prober = startProber(`${url}/version`, REQUESTS_A_SECOND);
  const probe = await deploy(run, "2.0.0 while it is under load", second, 0).then(
    () => prober.stop(),
    async (error: unknown) => {
      await prober.stop();
      throw error;
    },
  );
  expectNoFailures(probe);
  await expectVersion(run, url, "2.0.0");
  const schema = await schemaOf(run);

  breakIt(run.app);
  await ship(run, cloud, "3.0.0", ROLLED_BACK);
  await expectVersion(run, url, "2.0.0");
  expectSame("the schema after the rollback", await schemaOf(run), schema);

  const records = JSON.parse(
    (await step(run, "read the ledger", ["audit", "show", "--env=local", "--json"])).stdout,
  ) as {
    records: unknown[];
  };
  const verified = await step(run, "verify the ledger", ["audit", "verify"]);
  return { url, probe, records: records.records.length, audit: verified.stdout.trim() };
}
