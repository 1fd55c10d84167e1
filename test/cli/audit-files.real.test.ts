import { createHash } from "node:crypto";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { fileAnchor } from "../../src/adapters/local/file-anchor.ts";
import { composeCheckpoints } from "../../src/cli/compose-checkpoints.ts";
import { Secret } from "../../src/core/secret.ts";
import type { StateChange } from "../../src/ports/journal.ts";
import { aLease, aLedger, anEntry } from "../adapters/postgres/a-ledger.ts";
import { aRelease } from "../builders/a-release.ts";
import { useDatabase } from "../support/postgres.ts";
import { slipway } from "./slipway.ts";

const database = useDatabase();
let folder = "";
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "slipway-audit-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const path = (name: string) => join(folder, name);
const env = (): NodeJS.ProcessEnv => ({
  PATH: process.env["PATH"],
  SLIPWAY_LEDGER_URL: database.url,
  SLIPWAY_HOME: path("home"),
});
/** As an auditor would: without a database and without this machine's keys. */
const offline = (): NodeJS.ProcessEnv => ({ PATH: process.env["PATH"], SLIPWAY_HOME: path("elsewhere") });
const audit = (...words: string[]) => slipway(["audit", ...words], env());
const verify = (...words: string[]) => slipway(["audit", "verify", ...words], offline());
const json = (text: string) => JSON.parse(text) as Record<string, unknown>;

const begin: StateChange = { kind: "begin", purpose: "deploy", release: aRelease() };

/** Two deployments, anchored after each, and one record that is newer. */
async function aSignedLedger(): Promise<void> {
  const ledger = await aLedger(database.url);
  await aLease(ledger);
  const anchors = [fileAnchor(path("anchors"))];
  await using composed = await composeCheckpoints(
    new Secret("url", database.url),
    "slipway/test",
    anchors,
    env(),
  );
  for (const deploymentId of ["d-1", "d-2"]) {
    await ledger.journal.append(anEntry({ deploymentId, type: "deployment", step: undefined }), [begin]);
    await ledger.journal.append(anEntry({ deploymentId, data: { secretPlan: deploymentId } }));
    await composed.checkpoints.anchor("2033-11-21T00:00:00Z");
  }
  await ledger.journal.append(anEntry({ deploymentId: "d-2", phase: "outcome", outcome: "done" }));
}

const trust = () => `--trust=${path("home/ledger/trust")}`;
const anchors = () => `--anchors=${path("anchors")}`;

describe("verify", () => {
  test("asks the anchors, and says how many records no checkpoint covers", async () => {
    await aSignedLedger();
    const { code, stdout } = await audit("verify", anchors(), "--json");
    expect([code, json(stdout)]).toMatchObject([
      0,
      {
        verdict: "intact",
        records: 5,
        covered: { signed: 4, outside: 4 },
        warnings: [{ kind: "unanchored", count: 1 }],
      },
    ]);
  });

  test("finds a history that was written anew, also when the ledger forgot its checkpoints", async () => {
    await aSignedLedger();
    const superuser = await database.connect();
    await superuser.query(`
      alter table slipway_ledger.records disable trigger all; alter table slipway_ledger.head disable trigger all;
      alter table slipway_ledger.checkpoints disable trigger all;
      delete from slipway_ledger.checkpoints;
      update slipway_ledger.records set record = replace(record, 'secretPlan', 'honestPlan') where seq = 4;
      do $$ declare r record; prev bytea := decode(repeat('00', 32), 'hex'); begin
        for r in select * from slipway_ledger.records order by seq loop
          update slipway_ledger.records set prev_hash = prev,
            entry_hash = sha256('\\x00'::bytea || prev || convert_to(record, 'UTF8'))
          where seq = r.seq returning entry_hash into prev;
        end loop;
        update slipway_ledger.head set entry_hash = prev;
      end $$`);
    const { code, stdout } = await audit("verify", anchors(), "--json");
    expect([code, json(stdout)["first"]]).toMatchObject([50, { seq: 3, through: 4, kind: "forked" }]);
    // Without anchors nothing contradicts anything, and that is said.
    const alone = await audit("verify", "--json");
    expect(json(alone.stdout)).toMatchObject({
      verdict: "intact",
      warnings: [{ kind: "unanchored", count: 5 }],
    });
  });

  test("refuses a folder of anchors that is not there, a trust file that is none, and another ledger", async () => {
    await aSignedLedger();
    expect(await audit("verify", "--anchors=/nowhere", "--json")).toMatchObject({
      code: 2,
      stdout: expect.stringContaining("ANCHOR_FOLDER_MISSING") as string,
    });
    writeFileSync(path("trust"), "nonsense\n");
    expect((await audit("verify", `--trust=${path("trust")}`)).code).toBe(2);
    writeFileSync(path("trust"), "# nobody\n");
    const nobody = json((await audit("verify", `--trust=${path("trust")}`, anchors(), "--json")).stdout);
    expect(nobody["first"]).toMatchObject({ seq: 2, kind: "unknown-key" });
    const other = json(
      (await audit("verify", "--log=11111111-2222-3333-4444-555555555555", "--json")).stdout,
    );
    expect(other["first"]).toMatchObject({ seq: 1, kind: "other-ledger" });
  });
});

describe("export", () => {
  test("writes a folder that is verified without the ledger, and never over another", async () => {
    await aSignedLedger();
    const out = path("export");
    expect(await audit("export", `--out=${out}`, anchors())).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/: 5 records, 2 checkpoints\nintact: 5 records/) as string,
    });
    expect(readdirSync(out).sort()).toEqual([
      "README.txt",
      "checkpoints",
      "head.json",
      "keys",
      "records.html",
      "records.jsonl",
    ]);
    expect(readdirSync(path(".")).filter((name) => name.startsWith(".export"))).toEqual([]);
    const verified = await verify(`--export=${out}`, trust(), anchors(), "--json");
    expect([verified.code, json(verified.stdout)]).toMatchObject([
      0,
      { verdict: "intact", records: 5, covered: { signed: 4, outside: 4 } },
    ]);
    const own = await verify(`--export=${out}`);
    expect([own.code, own.stderr]).toMatchObject([
      0,
      expect.stringContaining("the keys are the export's own"),
    ]);

    const again = await audit("export", `--out=${out}`, "--json");
    expect([again.code, json(again.stdout)]).toMatchObject([
      2,
      { problems: [{ code: "FILE_EXISTS", at: out }] },
    ]);
  });

  test("shows what was changed in it", async () => {
    await aSignedLedger();
    await audit("export", `--out=${path("export")}`, anchors());
    const tampered = async (file: string, change: (text: string) => string, ...more: string[]) => {
      rmSync(path("copy"), { recursive: true, force: true });
      cpSync(path("export"), path("copy"), { recursive: true });
      writeFileSync(path(`copy/${file}`), change(readFileSync(path(`copy/${file}`), "utf8")));
      const { code, stdout } = await verify(`--export=${path("copy")}`, trust(), "--json", ...more);
      const first = json(stdout)["first"] as { seq: number; kind: string } | undefined;
      return [code, first?.seq, first?.kind];
    };
    const lines = (change: (lines: string[]) => string[]) => (text: string) =>
      `${change(text.trimEnd().split("\n")).join("\n")}\n`;
    const records = "records.jsonl";
    expect(await tampered(records, (text) => text.replace("secretPlan", "honestPlan"))).toEqual([
      50,
      2,
      "edited",
    ]);
    expect(
      await tampered(
        records,
        lines((all) => all.toSpliced(2, 1)),
      ),
    ).toEqual([50, 3, "deleted"]);
    expect(
      await tampered(
        records,
        lines((all) => all.slice(0, -1)),
      ),
    ).toEqual([50, 5, "truncated"]);
    expect(
      await tampered(
        records,
        lines((all) => all.with(3, "{")),
      ),
    ).toEqual([50, 4, "edited"]);
    expect(await tampered("head.json", () => "{}")).toEqual([50, 6, "head-missing"]);
    const note = "checkpoints/0000000000000002.note";
    expect(await tampered(note, (text) => text.replace("slipway-head ", "slipway-head 0"))).toEqual([
      50,
      2,
      "bad-signature",
    ]);
    const cut = (text: string) => text.replace(/"seq": 5/, '"seq": 4');
    expect(await tampered("head.json", cut)).toEqual([50, 5, "inserted"]);
  });

  test("of a path that cannot be written is refused with the reason", async () => {
    await aSignedLedger();
    writeFileSync(path("file"), "");
    const { code, stdout } = await audit("export", `--out=${path("file/below")}`, "--json");
    expect([code, json(stdout)]).toMatchObject([11, { problems: [{ code: "FILE_UNWRITABLE" }] }]);
    expect((await audit("export")).code).toBe(2);
  });
});

describe("prove", () => {
  test("writes what proves one deployment and shows nothing of another", async () => {
    await aSignedLedger();
    const file = path("proof.json");
    const ran = await audit("prove", "--deployment=d-2", `--out=${file}`);
    expect(ran).toMatchObject({
      code: 0,
      stdout: `${file}: 2 records, proven against the checkpoint of 4\n`,
      stderr: "slipway: 1 record is newer than the checkpoint and left out: 5\n",
    });
    const text = readFileSync(file, "utf8");
    // In quotes, escaped or not: an id made by chance may hold the letters.
    expect(text).toMatch(/"d-2\\?"/);
    expect(text).not.toMatch(/"d-1\\?"/);
    const proven = await verify(`--proof=${file}`, trust(), "--json");
    expect([proven.code, json(proven.stdout)]).toMatchObject([
      0,
      { verdict: "proven", records: 2, checkpoint: { size: 4 }, signaturesChecked: true },
    ]);

    for (const [from, to, kind] of [
      ["secretPlan", "honestPlan", "edited"],
      ["slipway/test\\n4\\n", "slipway/test\\n5\\n", "bad-signature"],
    ] as const) {
      writeFileSync(path("other.json"), text.replace(from, to));
      const refused = await verify(`--proof=${path("other.json")}`, trust(), "--json");
      expect([refused.code, json(refused.stdout)["first"]]).toMatchObject([50, { kind }]);
    }
    writeFileSync(path("other.json"), text.replaceAll("d-2", "d-3"));
    expect((await verify(`--proof=${path("other.json")}`, trust())).code).toBe(50);
  });

  test("says when there is no such deployment", async () => {
    await aSignedLedger();
    const { code, stdout } = await audit("prove", "--deployment=d-9", `--out=${path("p")}`, "--json");
    expect([code, json(stdout)]).toMatchObject([2, { problems: [{ code: "PROOF_DEPLOYMENT_UNKNOWN" }] }]);
    expect((await verify("--proof=/nowhere")).code).toBe(2);
  });
});

describe("evidence", () => {
  const evidence = (out: string) =>
    slipway(["evidence", "--deployment=d-1", `--out=${path(out)}`, anchors()], env());
  const sha256 = (name: string) =>
    createHash("sha256")
      .update(readFileSync(path(name)))
      .digest("hex");

  test("is one archive, the same bytes each time, that verifies by itself", async () => {
    await aSignedLedger();
    expect(await evidence("one.tar")).toMatchObject({ code: 0 });
    expect(await evidence("two.tar")).toMatchObject({ code: 0 });
    expect(sha256("one.tar")).toBe(sha256("two.tar"));
    expect((await evidence("one.tar")).code).toBe(2);
    const verified = await verify(`--evidence=${path("one.tar")}`, trust(), "--json");
    expect([verified.code, json(verified.stdout)]).toMatchObject([0, { verdict: "proven", records: 2 }]);
  });

  test("shows every byte that was changed in a file of it", async () => {
    await aSignedLedger();
    await evidence("one.tar");
    const bytes = readFileSync(path("one.tar"));
    for (const word of ["secretPlan", "Deployment d-1", "aGVhZA", "slipway-evidence", "The evidence of"]) {
      const at = bytes.indexOf(word);
      if (at < 0) continue;
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      writeFileSync(path("changed.tar"), changed);
      expect([word, (await verify(`--evidence=${path("changed.tar")}`, trust())).code]).toEqual([word, 50]);
    }
    writeFileSync(path("changed.tar"), bytes.subarray(0, 700));
    expect((await verify(`--evidence=${path("changed.tar")}`, trust())).code).toBe(2);
    expect((await verify(`--evidence=${path("one.tar")}`, `--trust=${path("nobody")}`)).code).toBe(2);
    writeFileSync(path("nobody"), "");
    expect((await verify(`--evidence=${path("one.tar")}`, `--trust=${path("nobody")}`)).code).toBe(50);
  });

  test("is not signed by a key that was made for it", async () => {
    await aSignedLedger();
    rmSync(path("home/ledger/signing-key.pem"));
    const ran = await slipway(
      ["evidence", "--deployment=d-1", `--out=${path("e.tar")}`, anchors(), "--json"],
      env(),
    );
    expect([ran.code, json(ran.stdout)]).toMatchObject([11, { problems: [{ code: "SIGNING_KEY_MISSING" }] }]);
  });
});
