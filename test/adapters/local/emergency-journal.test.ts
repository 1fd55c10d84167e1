import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { chainTools, emergencyJournals } from "../../../src/adapters/local/emergency-journal.ts";
import { noteTools } from "../../../src/adapters/local/note-tools.ts";
import { openSigningKey } from "../../../src/adapters/local/signing-key.ts";
import { ledgerTools } from "../../../src/adapters/postgres/ledger-hash.ts";
import { readChain } from "../../../src/core/emergency/journal-chain.ts";
import { readVerifierKey } from "../../../src/core/ledger/signed-note.ts";
import type { JournalEntry } from "../../../src/ports/journal.ts";
import type { Signer } from "../../../src/ports/signer.ts";
import { FakeAnchor } from "../../fakes/fake-anchor.ts";
import { FakeClock } from "../../fakes/fake-clock.ts";
import { FakeJournals } from "../../fakes/fake-journals.ts";

const ENTRY: JournalEntry = {
  type: "step",
  app: "diary",
  env: "local",
  deploymentId: "d-1",
  step: "shift",
  attempt: 1,
  phase: "intent",
  outcome: undefined,
  fence: 0,
  actor: "somebody",
  data: { revisions: { api: "r:1" } },
};
const UNTIL = "2033-01-31T12:00:00Z";

let folder: string;
let signer: Signer;
const clock = new FakeClock();
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "slipway emergency "));
  const pem = generateKeyPairSync("ed25519").privateKey.export({ format: "pem", type: "pkcs8" }).toString();
  signer = await openSigningKey({ pem, file: "", make: false }, "example.com/ledger");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = (anchors: readonly FakeAnchor[] = []) =>
  emergencyJournals({ folder: join(folder, "emergency"), signer, anchors, clock }).begin("local");

describe("the journal in a file", () => {
  test("has each record when its append resolves, for its owner alone, as the fake has it", async () => {
    const journal = open();
    const fakes = new FakeJournals(clock, signer);
    const fake = fakes.begin("local");
    for (const seq of [1, 2, 3]) {
      expect(await journal.append(ENTRY)).toEqual({ ...(await fake.append(ENTRY)), seq });
      expect(readFileSync(journal.file, "utf8")).toBe(fakes.text);
    }
    expect(statSync(journal.file).mode & 0o777).toBe(0o600);
    const key = readVerifierKey(signer.verifierKey, noteTools);
    const tools = { ...ledgerTools, ...noteTools };
    expect(readChain(fakes.text, key === undefined ? [] : [key], tools).kind).toBe("intact");
  });

  test("is chained as the ledger is: both hash one record alike", () => {
    const [prev, record] = ["ab".repeat(32), '{"says":"ünïcode 🦔"}'];
    expect(chainTools.entryHash(prev, record)).toBe(ledgerTools.entryHash(prev, record));
  });

  test("says so when it cannot be written, and where", async () => {
    writeFileSync(join(folder, "emergency"), "");
    const journal = open();
    await expect(journal.append(ENTRY)).rejects.toMatchObject({
      exit: "verifyFailed",
      problems: [{ code: "EMERGENCY_JOURNAL_UNWRITABLE", at: journal.file }],
    });
  });

  test("goes to every anchor that takes it, and names the others", async () => {
    const [one, two] = [new FakeAnchor("one"), new FakeAnchor("two")];
    two.fault = "ANCHOR_UNREACHABLE";
    const journal = open([one, two]);
    await journal.append(ENTRY);

    expect(await journal.keep("emergency/diary/local/d-1", UNTIL)).toEqual({
      places: ["one"],
      missing: [expect.stringMatching(/^two: /)],
    });
    expect(one.documents).toEqual([
      { name: "emergency/diary/local/d-1", text: readFileSync(journal.file, "utf8") },
    ]);
  });
});
