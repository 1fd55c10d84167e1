import { createPrivateKey, createPublicKey, sign } from "node:crypto";
import { describe, expect, test } from "vitest";
import { noteTools } from "../../../src/adapters/local/note-tools.ts";
import { checkpointOfNote, readCheckpoint, writeCheckpoint } from "../../../src/core/ledger/checkpoint.ts";
import {
  checkNote,
  isKeyName,
  readVerifierKey,
  signatureLine,
  writeVerifierKey,
} from "../../../src/core/ledger/signed-note.ts";

// The first test key of RFC 8032 §7.1.
const SEED = Buffer.from("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "hex");
const PKCS8 = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), SEED]);
const privateKey = createPrivateKey({ key: PKCS8, format: "der", type: "pkcs8" });
const publicKey = createPublicKey(privateKey).export({ format: "der", type: "spki" }).subarray(-32);

const VKEY = writeVerifierKey("example.com/slipway", publicKey, noteTools);
const key = readVerifierKey(VKEY, noteTools);
if (key === undefined) throw new Error("the key cannot be read");
const signed = (text: string) =>
  `${text}\n${signatureLine(key, sign(undefined, Buffer.from(text), privateKey))}\n`;
const CHECKPOINT = {
  origin: "example.com/slipway",
  size: 20_852_163,
  root: "09e8a2c0dd54d2a4b1d9e8f0b7b53f10a92d9d4f4d0b0f7a4f1f3cf7d8fd5ad9",
  head: "ab".repeat(32),
  log: "11111111-2222-3333-4444-555555555555",
};
const TEXT = writeCheckpoint(CHECKPOINT);
const NOTE = signed(TEXT);

describe("a verifier key", () => {
  test("has an id of its own", () => {
    expect(VKEY).toBe("example.com/slipway+8f2088ec+AddamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea");
  });

  test.each([
    ["another id", VKEY.replace("+8f2088ec+", "+8f2088ed+")],
    ["another name", VKEY.replace("example.com", "example.org")],
    ["another algorithm", VKEY.replace("+Add", "+Bdd")],
    ["a key cut short", VKEY.slice(0, -4)],
    ["no key", "example.com/slipway"],
  ])("is refused with %s", (_what, text) => {
    expect(readVerifierKey(text, noteTools)).toBeUndefined();
  });

  test.each(["", "two words", "a+b", "a\nb", "a\u202eb", "\ud800"])("is not called %j", (name) => {
    expect(isKeyName(name)).toBe(false);
  });
});

describe("a note", () => {
  test("made by Go's reference implementation is taken, and its key", () => {
    const go = readVerifierKey(
      "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
      noteTools,
    );
    const text =
      "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
    const note = `${text}\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n`;
    expect(go).toMatchObject({ name: "PeterNeumann", id: "c74f20a3" });
    const verdict = checkNote(note, go === undefined ? [] : [go], noteTools);
    expect(verdict).toEqual({ kind: "signed", text, by: "PeterNeumann+c74f20a3" });
  });

  test("is signed when a trusted key signed it, whoever else did", () => {
    const by = "example.com/slipway+8f2088ec";
    expect(checkNote(NOTE, [key], noteTools)).toEqual({ kind: "signed", text: TEXT, by });
    const more = `${NOTE}— witness.example AAAAAAAA\n`;
    expect(checkNote(more, [key], noteTools)).toEqual({ kind: "signed", text: TEXT, by });
  });

  test("is not believed when nobody who is trusted signed it", () => {
    const by = "example.com/slipway+8f2088ec";
    expect(checkNote(NOTE, [], noteTools)).toEqual({ kind: "unknown-key", text: TEXT, by });
  });

  test("shows every single bit that was changed, in the text and in the signature", () => {
    const bytes = Buffer.from(NOTE);
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      const { kind } = checkNote(changed.toString("utf8"), [key], noteTools);
      expect([at, kind === "signed"]).toEqual([at, false]);
    }
  });

  test.each(["", "\n\n", TEXT, `${TEXT}\n`, `${TEXT}\nno signature\n`, NOTE.slice(0, -1), `${NOTE}\n`])(
    "is not %j",
    (text) => {
      expect(checkNote(text, [key], noteTools)).toEqual({ kind: "not-a-note" });
    },
  );
});

describe("a checkpoint", () => {
  test("is written as it is signed and read as it was written", () => {
    const root = Buffer.from(CHECKPOINT.root, "hex").toString("base64");
    expect(TEXT).toBe(
      `example.com/slipway\n20852163\n${root}\n` +
        `slipway-head ${"ab".repeat(32)}\nslipway-log 11111111-2222-3333-4444-555555555555\n`,
    );
    expect(readCheckpoint(TEXT)).toEqual(CHECKPOINT);
    expect(checkpointOfNote(NOTE)).toEqual(CHECKPOINT);
  });

  test.each([
    ["a size with a zero before it", TEXT.replace("20852163", "020852163")],
    ["no size", TEXT.replace("20852163", "0")],
    ["a size out of reach", TEXT.replace("20852163", "9999999999999999")],
    ["a root that is too short", TEXT.replace("CeiiwN1U", "")],
    ["another line", `${TEXT}more\n`],
    ["no end", TEXT.slice(0, -1)],
  ])("is refused with %s", (_what, text) => {
    expect(readCheckpoint(text)).toBeUndefined();
  });
});
