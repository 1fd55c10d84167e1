import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { EmergencyReport } from "../../src/actions/emergency-rollback.ts";
import type { MergeReport } from "../../src/actions/merge-journal.ts";
import type { StatusReport } from "../../src/core/deployment/status-report.ts";
import { aWrittenConfig } from "../builders/a-config.ts";
import { aRelease } from "../builders/a-release.ts";
import { until } from "../cloud/until.ts";
import { useDatabase } from "../support/postgres.ts";
import { DeliveredApp } from "./delivered-app.ts";
import { slipway, startSlipway, type Ran } from "./slipway.ts";

/** Nothing listens there. */
const NOWHERE = "postgres://127.0.0.1:1/ledger";
/** Who calls, as the practice cloud says. */
const CALLER = "arn:aws:iam::000000000000:user/slipway";
const [V1, V2] = [aRelease(1).id, aRelease(2).id];

const database = useDatabase();
let app: DeliveredApp;
let url: string;
beforeEach(async () => {
  app = await DeliveredApp.begin(database.url);
  const written = aWrittenConfig();
  const local = { ...written.environments["local"], cloud: "local" as const };
  app.configure({
    ...written,
    environments: { local: { ...local, smokeTimeoutSeconds: 2, deployTimeoutSeconds: 60 } },
    ledger: { anchors: [{ kind: "file", folder: "anchors" }] },
    people: {
      "person-a": { name: "Person A", identities: [CALLER, await key("person-a")] },
      "person-b": { name: "Person B", identities: [await key("person-b")] },
    },
    roles: { "tech-lead": ["person-a", "person-b"] },
  });
  for (const n of [1, 2]) {
    const ran = await run("deploy", "--env=local", `--release=${await app.publish(n)}`, "--json");
    if (ran.code !== 0) throw new Error(ran.stderr);
    url = (JSON.parse(ran.stdout) as { url: string }).url;
  }
});
afterEach(() => app.close());

const run = (...words: readonly string[]) => slipway([...words, `--project=${app.folder}`], app.env);
/** The same machine on the day the ledger is gone. */
const alone = (...words: readonly string[]) =>
  slipway([...words, `--project=${app.folder}`], { ...app.env, SLIPWAY_LEDGER_URL: NOWHERE });
const key = async (person: string) => (await run("keys", "create", `--person=${person}`)).stdout.trim();

async function sign(person: string, release = V1): Promise<string> {
  const file = join(app.folder, `${person}-${release}.json`);
  const ran = await alone(
    "approve-emergency",
    "--env=local",
    `--to=${release}`,
    "--reason=I saw it being down",
    `--person=${person}`,
    `--out=${file}`,
  );
  expect(ran).toMatchObject({ code: 0 });
  return file;
}

const breakGlass = (...more: readonly string[]) =>
  alone(
    "rollback",
    "--break-glass",
    "--env=local",
    "--reason=the app is down for everybody",
    "--json",
    ...more,
  );
const report = (ran: Ran) => JSON.parse(ran.stdout) as EmergencyReport;
const merge = (journal: string) => run("audit", "merge", `--journal=${journal}`, "--json");
const status = async () => JSON.parse((await run("status", "--env=local", "--json")).stdout) as StatusReport;
const verify = () => run("audit", "verify");

/** The journals on this machine. */
function journals(): readonly string[] {
  const names = readdirSync(app.folder, { recursive: true, encoding: "utf8" });
  return names.filter((name) => name.endsWith(".journal")).map((name) => join(app.folder, name));
}

async function serving(): Promise<string> {
  return ((await (await fetch(`${url}/version`)).json()) as { version: string }).version;
}

describe("with the ledger gone", () => {
  test("a rollback goes by what the anchors keep, and the ledger hears of it when it is back", async () => {
    const began = performance.now();
    const ran = await breakGlass(`--second=${await sign("person-b")}`);
    expect(ran).toMatchObject({ code: 0 });
    expect(performance.now() - began).toBeLessThan(300_000);
    const { journal, deploymentId, ...done } = report(ran);
    expect(done).toMatchObject({
      outcome: "deployed",
      running: V1,
      previous: V2,
      anchored: true,
      problems: [],
    });
    expect(await serving()).toBe("1.0.0");
    expect(ran.stderr).toContain("no lease, so nobody is kept from changing local now");

    const before = await status();
    expect(before).toMatchObject({ release: V2, components: [{ drifted: true }] });
    const merged = await merge(journal);
    expect(merged).toMatchObject({ code: 0 });
    const lines = readFileSync(journal, "utf8").trimEnd().split("\n").length;
    expect(JSON.parse(merged.stdout) as MergeReport).toMatchObject({
      outcome: "merged",
      deploymentId,
      appended: lines,
      records: lines,
      running: V1,
      overtaken: false,
      anchored: true,
    });
    expect(await status()).toMatchObject({
      release: V1,
      components: [{ drifted: false }],
      reviews: [{ deploymentId, because: "the app is down for everybody", by: "person-b" }],
      unanchored: 0,
    });
    const intact = await verify();
    expect(intact.stdout).toMatch(/^intact/);
    expect(intact.code).toBe(0);

    const again = await merge(journal);
    expect(JSON.parse(again.stdout) as MergeReport).toMatchObject({ outcome: "nothing-to-do", appended: 0 });
    expect([again.code, (await status()).deployments.length]).toEqual([0, 3]);
  });

  test("it is gone too when its database is, and a plain rollback goes on from the merge", async () => {
    const ran = await withoutDatabase(() =>
      sign("person-b").then((second) =>
        run(
          "rollback",
          "--env=local",
          "--break-glass=the app is down for everybody",
          `--second=${second}`,
          "--json",
        ),
      ),
    );
    expect(ran).toMatchObject({ code: 0 });
    expect(await serving()).toBe("1.0.0");

    expect((await merge(report(ran).journal)).code).toBe(0);
    const forward = await run("rollback", "--env=local", `--to=${V2}`);
    expect(forward).toMatchObject({ code: 0 });
    expect(await serving()).toBe("2.0.0");
    expect((await verify()).code).toBe(0);
  });

  test("one that is killed on the way is ended by the next one, and both are merged", async () => {
    const second = await sign("person-b");
    const words = ["rollback", "--break-glass", "--env=local", "--reason=the app is down for everybody"];
    const env = { ...app.env, SLIPWAY_LEDGER_URL: NOWHERE };
    const running = startSlipway([...words, `--second=${second}`, `--project=${app.folder}`], env);
    const written = () => journals().map((file) => readFileSync(file, "utf8"));
    await until(written, (texts) => texts.some((text) => text.includes('"step":"shift"')));
    running.child.kill("SIGKILL");
    await running.ended;
    const [killed = ""] = journals();

    const ran = await breakGlass(`--second=${second}`);
    expect(ran).toMatchObject({ code: 0 });
    expect(await serving()).toBe("1.0.0");
    expect(await merge(killed)).toMatchObject({ code: 0 });
    const merged = await merge(report(ran).journal);
    expect(JSON.parse(merged.stdout)).toMatchObject({ outcome: "merged", running: V1 });
    expect((await status()).deployments.map(({ outcome }) => outcome)).toEqual([
      "deployed",
      "failed",
      "deployed",
      "deployed",
    ]);
    expect(await verify()).toMatchObject({ code: 0 });
  });

  test("nobody does it alone: without a second person, or with oneself as one, nothing moves", async () => {
    const missing = await breakGlass();
    expect(missing.code).toBe(10);
    expect(missing.stderr).toContain(`slipway approve-emergency --env=local --to=${V1}`);

    const own = await breakGlass(`--second=${await sign("person-a")}`);
    expect(own.code).toBe(10);
    expect(own.stderr).toContain("person-a triggers this deployment, and somebody else approves it");

    const edited = await sign("person-b");
    writeFileSync(edited, readFileSync(edited, "utf8").replaceAll(V1, V2));
    const forged = await breakGlass(`--second=${edited}`, `--to=${V1}`);
    expect(forged.code).toBe(10);
    expect(forged.stderr).toContain("is not what its key signed");
    expect(await serving()).toBe("2.0.0");
    expect(journals()).toEqual([]);
  });
});

test("a ledger that answers keeps the glass whole", async () => {
  const ran = await run(
    "rollback",
    "--break-glass",
    "--env=local",
    "--reason=the app is down for everybody",
    `--second=${await sign("person-b")}`,
  );

  expect(ran.code).toBe(2);
  expect(ran.stderr).toContain("the ledger answers");
  expect(await serving()).toBe("2.0.0");
});

test("a journal that was edited is not merged, and the ledger stays as it is", async () => {
  const { journal } = report(await breakGlass(`--second=${await sign("person-b")}`));
  const text = readFileSync(journal, "utf8");
  const lines = text.split("\n");
  writeFileSync(journal, text.replace("the app is down for everybody", "somebody told me to do it"));

  const edited = await merge(journal);
  expect(edited.code).toBe(50);
  expect(edited.stderr).toContain(`${journal}:1: does not have the hash of its content`);

  writeFileSync(journal, [...lines.slice(0, 2), ...lines.slice(3)].join("\n"));
  const cut = await merge(journal);
  expect(cut.code).toBe(50);
  expect(cut.stderr).toContain(":3: is record 4 where 3 should be");
  expect((await status()).deployments.length).toBe(2);
});

/** Takes the ledger's database away for as long as something is done. */
async function withoutDatabase<T>(work: () => Promise<T>): Promise<T> {
  const name = new URL(database.url).pathname.slice(1);
  const server = new URL(database.url);
  server.pathname = "/postgres";
  const client = await database.connect(server.href);
  await client.query(`alter database ${name} rename to ${name}_away`);
  try {
    return await work();
  } finally {
    await client.query(`alter database ${name}_away rename to ${name}`);
  }
}
