import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { aLease, aLedger, anEntry } from "../adapters/postgres/a-ledger.ts";
import { useDatabase } from "../support/postgres.ts";
import { slipway } from "./slipway.ts";

const database = useDatabase();
let home = "";
beforeEach(() => void (home = mkdtempSync(join(tmpdir(), "slipway-audit-home-"))));
afterEach(() => rmSync(home, { recursive: true, force: true }));
const envFor = (url: string): NodeJS.ProcessEnv => ({
  PATH: process.env["PATH"],
  SLIPWAY_LEDGER_URL: url,
  SLIPWAY_HOME: home,
});
const audit = (...words: string[]) => slipway(["audit", ...words], envFor(database.url));

async function twoRecords(): Promise<void> {
  const ledger = await aLedger(database.url);
  await aLease(ledger);
  await ledger.journal.append(anEntry());
  await ledger.journal.append(anEntry({ deploymentId: "d-2", env: "local" }));
}

test("audit verify says intact, on stdout and with exit code 0", async () => {
  await twoRecords();
  const ran = await audit("verify");
  expect(ran).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(
      /^intact: 2 records, head 2 [0-9a-f]{64}, ledger [0-9a-f-]{36}\n {2}note: the newest 2 records are covered by no checkpoint outside; whoever owns the database could have changed them\n$/,
    ) as string,
    stderr:
      "slipway: the role postgres could alter the ledger's tables; only checkpoints outside prove that it has not\n",
  });
  const { code, stdout, stderr } = await audit("verify", "--json");
  expect([code, stderr]).toEqual([0, ""]);
  expect(JSON.parse(stdout)).toEqual({
    verdict: "intact",
    records: 2,
    head: {
      log: expect.any(String) as string,
      seq: 2,
      entryHash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    },
    covered: { signed: 0, outside: 0 },
    warnings: [
      {
        kind: "unanchored",
        count: 2,
        says: "the newest 2 records are covered by no checkpoint outside; whoever owns the database could have changed them",
      },
    ],
    protection: { role: "postgres", mayAlter: true },
    exitCode: 0,
  });
});

test("audit verify ends with 50 and names the first bad record", async () => {
  await twoRecords();
  const superuser = await database.connect();
  await superuser.query("alter table slipway_ledger.records disable trigger all");
  await superuser.query(
    "update slipway_ledger.records set record = replace(record, 'migrate', 'deploy') where seq = 1",
  );

  const text = await audit("verify");
  expect([text.code, text.stdout]).toEqual([
    50,
    "NOT INTACT: 2 records, the damage begins at record 1 (edited)\n  record 1: edited: its hash is not that of its text\n",
  ]);
  const json = await audit("verify", "--json");
  expect(json.code).toBe(50);
  const fault = { seq: 1, kind: "edited", says: "its hash is not that of its text" };
  expect(JSON.parse(json.stdout)).toMatchObject({
    verdict: "not-intact",
    first: fault,
    faults: [fault],
    exitCode: 50,
  });
});

test("audit show prints the records of one deployment, as a table and as JSON", async () => {
  await twoRecords();
  const text = await audit("show", "--deployment", "d-2");
  expect(text.code).toBe(0);
  expect(
    text.stdout
      .trimEnd()
      .split("\n")
      .map((line) =>
        line
          .trim()
          .split(/\s{2,}/)
          .slice(0, 2),
      ),
  ).toEqual([
    ["#", "when (UTC)"],
    ["diary/local", "d-2"],
    ["2", expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/)],
  ]);
  const json = await audit("show", "--env", "local", "--limit", "1", "--json");
  expect((JSON.parse(json.stdout) as { records: unknown[] }).records).toMatchObject([
    { seq: 2, app: "diary", environment: "local", deploymentId: "d-2", step: "migrate", phase: "intent" },
  ]);
});

test("a wrong call changes nothing and prints no password", async () => {
  for (const words of [["show", "--limit", "0"], ["verify", "--no-such"], ["nonsense"]]) {
    expect((await audit(...words)).code).toBe(2);
  }
  const url = database.urlAs("postgres", "hunter2");
  const ran = await slipway(["audit", "verify", "--json"], envFor(url));
  expect(ran.code).toBe(11);
  expect(`${ran.stdout}${ran.stderr}`).not.toContain("hunter2");
  expect(JSON.parse(ran.stdout)).toMatchObject({
    problems: [{ code: "LEDGER_PASSWORD_WRONG" }],
    exitCode: 11,
  });
});
