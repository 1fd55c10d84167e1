import { generateKeyPairSync } from "node:crypto";
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { noteTools } from "../../../src/adapters/local/note-tools.ts";
import { openSigningKey } from "../../../src/adapters/local/signing-key.ts";
import { addToTrustFile, readTrustFile, readTrustFileIfAny } from "../../../src/adapters/local/trust-file.ts";
import { checkNote } from "../../../src/core/ledger/signed-note.ts";

let folder = "";
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "slipway-key-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const place = (make = true, pem?: string) => ({ pem, file: join(folder, "state", "key.pem"), make });
const pemOf = (kind: "ed25519" | "x25519" = "ed25519") =>
  (kind === "ed25519" ? generateKeyPairSync("ed25519") : generateKeyPairSync("x25519")).privateKey
    .export({ format: "pem", type: "pkcs8" })
    .toString();

test("a key is made once, for its owner alone, and signs what its public part verifies", async () => {
  const first = await openSigningKey(place(), "slipway/diary");
  expect(statSync(place().file).mode & 0o777).toBe(0o600);
  const again = await openSigningKey(place(false), "slipway/diary");
  expect(again.verifierKey).toBe(first.verifierKey);

  const note = await first.sign("a text\n");
  expect(await again.sign("a text\n")).toBe(note);
  await addToTrustFile(join(folder, "trust"), first.verifierKey);
  await addToTrustFile(join(folder, "trust"), first.verifierKey);
  expect(readFileSync(join(folder, "trust"), "utf8")).toBe(`${first.verifierKey}\n`);
  const trusted = await readTrustFile(join(folder, "trust"));
  expect(checkNote(note, trusted, noteTools)).toMatchObject({ kind: "signed", text: "a text\n" });
  expect([first.trusts(note), first.trusts(note.replace("a text", "b text"))]).toEqual([true, false]);
});

test("of many that make it at once all have the same key", async () => {
  const signers = await Promise.all(
    Array.from({ length: 8 }, () => openSigningKey(place(), "slipway/diary")),
  );
  expect(new Set(signers.map(({ verifierKey }) => verifierKey)).size).toBe(1);
});

test("the variable's key wins over the file's", async () => {
  const file = await openSigningKey(place(), "slipway/diary");
  const given = await openSigningKey(place(false, pemOf()), "slipway/diary");
  expect(given.verifierKey).not.toBe(file.verifierKey);
});

test.each([
  ["SIGNING_KEY_WRONG", "is not an Ed25519 key in PKCS#8 PEM", () => place(true, pemOf("x25519"))],
  ["SIGNING_KEY_WRONG", "is not an Ed25519 key in PKCS#8 PEM", () => place(true, "-----BEGIN hunter2-----")],
  ["SIGNING_KEY_MISSING", "there is no signing key", () => place(false)],
])("%s: %s", async (code, says, where) => {
  const error: unknown = await openSigningKey(where(), "slipway/diary").catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ problems: [{ code, says }], exit: "verifyFailed" });
  expect(String(error)).not.toContain("hunter2");
});

test("a key that others may read is refused, and a name that no key can have", async () => {
  await openSigningKey(place(), "slipway/diary");
  chmodSync(place().file, 0o644);
  await expect(openSigningKey(place(), "slipway/diary")).rejects.toMatchObject({
    problems: [{ code: "SIGNING_KEY_OPEN", says: "others may read it (mode 644)" }],
  });
  await expect(openSigningKey(place(), "two words")).rejects.toMatchObject({
    problems: [{ code: "SIGNING_KEY_NAME" }],
  });
});

test("a trust file may hold comments, and nothing that is no key", async () => {
  const file = join(folder, "trust");
  expect(await readTrustFileIfAny(file)).toEqual([]);
  await expect(readTrustFile(file)).rejects.toMatchObject({ problems: [{ code: "TRUST_UNREADABLE" }] });
  const { verifierKey } = await openSigningKey(place(), "slipway/diary");
  writeFileSync(file, `# the ledger\r\n\r\n  ${verifierKey}\r\n`);
  expect(await readTrustFile(file)).toMatchObject([{ name: "slipway/diary" }]);
  writeFileSync(file, `${verifierKey}\nnonsense\n`);
  await expect(readTrustFile(file)).rejects.toMatchObject({
    problems: [{ code: "TRUST_WRONG", at: `${file}:2`, says: '"nonsense" is no public key' }],
    exit: "usage",
  });
});
