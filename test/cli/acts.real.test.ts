import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { proofTools } from "../../src/adapters/local/proof-tools.ts";
import { proofFault } from "../../src/core/acts/check-proof.ts";
import type { Approval } from "../../src/core/acts/types.ts";
import { openLedger } from "../../src/adapters/postgres/open-ledger.ts";
import { Secret } from "../../src/core/secret.ts";
import { aPlan } from "../builders/a-plan.ts";
import { verdictOf } from "../adapters/postgres/a-ledger.ts";
import { FakeGithub } from "../fakes/fake-github.ts";
import { useDatabase } from "../support/postgres.ts";
import { SigningApp } from "./signing-app.ts";
import type { Ran } from "./slipway.ts";

const database = useDatabase();
const PLAN = aPlan({
  environment: "local",
  release: { ...aPlan().release, author: "git:person-c@example.com" },
});

let app: SigningApp;
beforeEach(async () => {
  app = new SigningApp(database.url);
  await app.people("person-a", "person-b");
});
afterEach(() => app[Symbol.dispose]());

const approve = (person: string, role: string, ...more: readonly string[]) =>
  app.run(
    "approve",
    `--plan=${app.plan(PLAN)}`,
    `--role=${role}`,
    "--meaning=approved",
    "--reason=tested by hand",
    `--person=${person}`,
    "--json",
    ...more,
  );
const answerOf = (ran: Ran) => JSON.parse(ran.stdout) as Readonly<Record<string, unknown>>;
const saysOf = (ran: Ran) => (answerOf(ran)["problems"] as { says: string }[]).map(({ says }) => says);

async function listed(): Promise<readonly Approval[]> {
  const ran = await app.run("approvals", "--env=local", `--release=${PLAN.release.sha256}`, "--json");
  return answerOf(ran)["approvals"] as readonly Approval[];
}

describe("slipway approve", () => {
  test("shows what is signed, and prints who signed what until when", async () => {
    const ran = await app.run(
      "approve",
      `--plan=${app.plan(PLAN)}`,
      "--role=qa-lead",
      "--meaning=reviewed",
      "--reason=tested by hand",
      "--as=local",
      "--person=person-a",
    );

    expect(ran.code).toBe(0);
    expect(ran.stderr).toContain(`  release      ${PLAN.release.id} (version 2.0.0)`);
    expect(ran.stdout).toMatch(
      /^a-[0-9a-f-]{36} {2}good until [\d-]+ [\d:]+ UTC, for one deployment\n {2}PERSON-A \(person-a\) signed "reviewed" as qa-lead on [\d-]+ [\d:]+ UTC\n {2}release sha-1a2b3c4-20260131-120002 for local, proven by local:[0-9a-f]{64}\n$/,
    );
  });

  test("gives each role its person, and whoever reads them can check the signatures again", async () => {
    expect((await approve("person-a", "qa-lead")).code).toBe(0);
    expect((await approve("person-b", "tech-lead")).code).toBe(0);

    const given = await listed();
    expect(given.map(({ person, role }) => [person, role])).toEqual([
      ["person-b", "tech-lead"],
      ["person-a", "qa-lead"],
    ]);
    expect(given.map((approval) => proofFault(approval, proofTools))).toEqual([undefined, undefined]);
    expect(await verdictOf(database.url)).toMatchObject({ kind: "intact", records: 2 });
  });

  test("refuses a second signature of the same person, with exit code 10, on record", async () => {
    const first = answerOf(await approve("person-b", "qa-lead"));
    const second = await approve("person-b", "tech-lead");
    const { id } = first["approval"] as { id: string };

    expect(second.code).toBe(10);
    expect(saysOf(second)).toEqual([
      `person-b has signed already, as qa-lead (${id}); one person counts once`,
    ]);
    expect(await listed()).toHaveLength(1);
    expect((await app.run("audit", "show")).stdout).toContain("refused");
  });

  test("refuses an edited plan before anybody is asked who they are", async () => {
    const path = app.plan({ ...PLAN, wayBack: null });
    const ran = await app.run(
      "approve",
      `--plan=${path}`,
      "--role=qa-lead",
      "--meaning=approved",
      "--reason=x",
      "--json",
    );

    expect(ran.code).toBe(2);
    expect(answerOf(ran)["problems"]).toMatchObject([{ code: "PLAN_EDITED" }]);
  });

  test("does not show the key, and takes no reason that forges a line", async () => {
    const ran = await approve("person-a", "qa-lead", "--reason=ok\nslipway: approved");

    expect(ran.code).toBe(2);
    expect(saysOf(ran)).toEqual(["has the character U+000A, which is no text"]);
    expect(ran.stderr).not.toMatch(/^slipway: approved/m);
    expect(ran.stdout + ran.stderr).not.toContain("PRIVATE KEY");
  });

  test("refuses the plan of another environment than the one that is asked for", async () => {
    const ran = await approve("person-a", "qa-lead", "--env=production");

    expect(ran.code).toBe(2);
    expect(saysOf(ran)).toEqual(['is for "local", and asked for is "production"']);
  });

  test("takes an approval back with `slipway revoke`", async () => {
    const { approval } = answerOf(await approve("person-a", "qa-lead")) as { approval: { id: string } };
    const ran = await app.run(
      "revoke",
      `--approval=${approval.id}`,
      "--reason=found a bug",
      "--person=person-b",
    );

    expect(ran.stdout).toBe(
      `${approval.id} was taken back; no deployment to local may use it from here on\n`,
    );
    expect(await listed()).toEqual([]);
    expect((await approve("person-a", "qa-lead")).code).toBe(0);
  });
});

describe("a person at GitHub", () => {
  test("signs with a run's token or with their own, each an identity of its own in the config", async () => {
    await using github = await FakeGithub.start();
    const seconds = Math.floor(Date.now() / 1000);
    github.users.set("planted-token", { id: 1, login: "a", type: "User" });
    github.claims = {
      sub: "repo:example/diary:ref:refs/heads/main",
      iat: seconds,
      nbf: seconds,
      exp: seconds + 300,
      actor: "b",
      actor_id: "2",
      repository: "example/diary",
      repository_id: "9",
      repository_owner_id: "7",
      event_name: "workflow_dispatch",
      run_attempt: "1",
    };
    app.identities["person-a"] = [`github:${github.host}/1`];
    app.identities["person-b"] = [`github:${github.host}/2@9`];
    app.writeConfig();
    const words = ["approve", `--plan=${app.plan(PLAN)}`, "--meaning=approved", "--reason=x", "--as=github"];

    const own = await app.runWith({ ...github.env, GH_TOKEN: "planted-token" }, ...words, "--role=qa-lead");
    const run = await app.runWith({ ...github.env, ...github.runnerEnv }, ...words, "--role=tech-lead");

    expect([own.code, run.code]).toEqual([0, 0]);
    expect((await listed()).map(({ identity }) => identity.method)).toEqual(["oidc", "api-token"]);
    const records = (await app.run("audit", "show", "--json")).stdout;
    const told = [own, run].map(({ stdout, stderr }) => stdout + stderr).join("") + records;
    expect(told).not.toMatch(/planted/);
  });

  test("has their clicks kept by `slipway import-approvals`, and no gate sees them", async () => {
    await using github = await FakeGithub.start();
    github.runs.set("example/diary/42/approvals", [
      {
        state: "approved",
        comment: "go\u001b[2J\u0000\u202e\ud83d",
        environments: [{ name: "local" }],
        user: { id: 5, login: "e" },
      },
    ]);
    const ran = await app.runWith(
      { ...github.env, GH_TOKEN: "planted-token" },
      "import-approvals",
      "--env=local",
      "--run=example/diary/42",
      "--as=local",
      "--person=person-a",
    );

    expect(ran.stdout).toMatch(
      /^i-[0-9a-f-]{36} {2}1 from example\/diary\/42, on record; no gate counts them\n/,
    );
    expect(ran.stdout).toContain(`  approved by e (github:${github.host}/5) for local\n`);
    expect(await listed()).toEqual([]);
    expect(await verdictOf(database.url)).toMatchObject({ kind: "intact", records: 1 });
  });
});

test("a hold is set and released by its id", async () => {
  const set = await app.run("hold", "--env=local", "--reason=incident 7", "--person=person-a", "--json");
  const { holdId } = answerOf(set) as { holdId: string };
  const wrong = await app.run("release-hold", "--env=local", "--hold=h-1", "--reason=x", "--person=person-a");
  const released = await app.run(
    "release-hold",
    "--env=local",
    `--hold=${holdId}`,
    "--reason=mended",
    "--person=person-b",
  );

  expect([set.code, wrong.code, released.code]).toEqual([0, 2, 0]);
  expect(wrong.stderr).toContain(`those that hold it: ${holdId}`);
  expect(released.stdout).toBe(`${holdId} of person-a no longer holds local (it was: incident 7)\n`);
});

test("a live lease is freed by its very fence, and its holder loses it", async () => {
  const ledger = await openLedger(new Secret("ledger", database.url));
  try {
    const answer = await ledger.leases.take({
      app: "diary",
      env: "local",
      holder: "x on host, process 7",
      purpose: "deploy sha-1a2b3c4",
      lifetimeSeconds: 60,
    });
    if (answer.kind !== "taken") throw new Error("held");
    const { lease } = answer;
    const free = (fence: number) =>
      app.run("unlock", "--env=local", `--lease=${fence}`, "--reason=machine gone", "--person=person-a");

    const wrong = await free(lease.fence + 1);
    expect([wrong.code, await ledger.leases.renew(lease, 60)]).toEqual([2, "renewed"]);
    expect(wrong.stderr).toContain(
      `local is held by lease ${lease.fence}, not ${lease.fence + 1}: x on host, process 7`,
    );

    const right = await free(lease.fence);
    expect([right.code, await ledger.leases.renew(lease, 60)]).toEqual([0, "lost"]);
    expect(right.stdout).toContain(`local is free; lease ${lease.fence} was held by x on host, process 7`);
  } finally {
    await ledger.close();
  }
});

test.each([
  ["approve", "--plan"],
  ["revoke", "--approval"],
  ["approvals", "--env"],
  ["hold", "--env"],
  ["release-hold", "--env"],
  ["unlock", "--env"],
  ["close-review", "--review"],
  ["import-approvals", "--env"],
])("slipway %s says that %s is missing", async (word, option) => {
  const ran = await app.run(word);

  expect(ran.code).toBe(2);
  expect(ran.stderr).toContain(`option '${option} <`);
});
