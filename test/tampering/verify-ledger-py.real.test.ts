import { execFile, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { auditVerify } from "../../src/actions/audit-verify.ts";
import { fileAnchor } from "../../src/adapters/local/file-anchor.ts";
import { openExport } from "../../src/adapters/local/ledger-export.ts";
import { noteTools } from "../../src/adapters/local/note-tools.ts";
import { readTrustFile } from "../../src/adapters/local/trust-file.ts";
import { ledgerTools } from "../../src/adapters/postgres/ledger-hash.ts";
import { checkpointFile, writeHead, writeRow } from "../../src/core/ledger/export-files.ts";
import { writeVerifierKey } from "../../src/core/ledger/signed-note.ts";
import { diceOf } from "./dice.ts";
import { aKeptLedger, keyOf, type KeptLedger } from "./kept-ledger.ts";
import { TAMPERINGS } from "./tamperings.ts";

const VERIFIER = resolve(import.meta.dirname, "../../docs/verify/verify_ledger.py");
const python = spawnSync("python3", ["--version"]).status === 0;
if (!python) process.stderr.write("python3 is missing: the second verifier is not compared with ours\n");

const KEY = keyOf(7);
const ROUNDS = 1;
let folder = "";
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), "slipway-second-verifier-"))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Writes the ledger as an export, with a folder of anchors beside it. */
function written(name: string, ledger: Omit<KeptLedger, "backups">, log: string): string {
  const out = join(folder, name.replaceAll(/[^a-z0-9]+/gi, "-"));
  mkdirSync(join(out, "checkpoints"), { recursive: true });
  const anchors = join(out, "anchors", "checkpoints", log);
  mkdirSync(anchors, { recursive: true });
  writeFileSync(join(out, "records.jsonl"), ledger.rows.map(writeRow).join(""));
  if (ledger.head !== undefined) writeFileSync(join(out, "head.json"), writeHead(ledger.head));
  for (const { size, note } of ledger.notes) writeFileSync(join(out, checkpointFile(size)), note);
  for (const { size, note } of ledger.anchor)
    writeFileSync(join(anchors, `${String(size).padStart(16, "0")}.note`), note);
  const { name: keyName, publicKey } = KEY.verifier;
  writeFileSync(join(out, "keys"), `${writeVerifierKey(keyName, publicKey, noteTools)}\n`);
  return out;
}

async function ours(out: string, log: string) {
  const opened = openExport(out);
  const anchors = [fileAnchor(join(out, "anchors"))];
  const keys = await readTrustFile(join(out, "keys"));
  const ports = { audit: opened, history: opened, anchors, ledgerTools, noteTools };
  const { verdict } = await auditVerify({ keys, log }, ports);
  const first = verdict.kind === "intact" ? undefined : verdict.faults[0];
  return { verdict: verdict.kind, first: first === undefined ? null : { seq: first.seq, kind: first.kind } };
}

async function theirs(out: string, log: string) {
  const argv = [
    VERIFIER,
    out,
    "--trust",
    join(out, "keys"),
    "--anchors",
    join(out, "anchors"),
    "--log",
    log,
    "--json",
  ];
  const ran = await promisify(execFile)("python3", argv).catch(
    (error: { stdout?: string; stderr?: string }) => error,
  );
  if (!ran.stdout) throw new Error(`python3 said nothing: ${ran.stderr}`);
  const { verdict, first } = JSON.parse(ran.stdout) as { verdict: string; first: unknown };
  return { verdict, first };
}

describe.skipIf(!python)("the second verifier, in Python, says what ours says", () => {
  const seed = String(Date.now() % 1_000_000_000);
  process.stderr.write(`second verifier: seed ${seed}\n`);

  test("of honest ledgers", async () => {
    for (let n = 0; n < 3; n++) {
      const ledger = aKeptLedger(diceOf(`${seed}/honest/${n}`), KEY);
      const log = ledger.head?.log ?? "";
      const out = written(`honest ${n}`, ledger, log);
      expect(await theirs(out, log)).toEqual({ verdict: "intact", first: null });
      expect(await ours(out, log)).toEqual({ verdict: "intact", first: null });
    }
  });

  test.each(Object.keys(TAMPERINGS))("of %s", async (name) => {
    for (let n = 0; n < ROUNDS; n++) {
      const dice = diceOf(`${seed}/${name}/${n}`);
      const ledger = aKeptLedger(dice, KEY);
      const { head } = ledger;
      const tampering = TAMPERINGS[name];
      if (head === undefined || tampering === undefined) throw new Error(name);
      const out = written(`${name} ${n}`, tampering({ ...ledger, head }, dice), head.log);
      const said = { round: n, ...(await ours(out, head.log)) };
      expect({ round: n, ...(await theirs(out, head.log)) }).toEqual(said);
      expect(said.verdict).toBe("not-intact");
    }
  });
});
