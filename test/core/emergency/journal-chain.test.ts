import { generateKeyPairSync } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { chainTools } from "../../../src/adapters/local/emergency-journal.ts";
import { noteTools } from "../../../src/adapters/local/note-tools.ts";
import { openSigningKey } from "../../../src/adapters/local/signing-key.ts";
import { CHAIN_START, linkAfter, readChain, writeLine } from "../../../src/core/emergency/journal-chain.ts";
import { readVerifierKey, type VerifierKey } from "../../../src/core/ledger/signed-note.ts";
import type { Signer } from "../../../src/ports/signer.ts";

const TOOLS = { ...chainTools, ...noteTools };
const AT = "2026-01-31T12:00:00.000Z";

async function aKey(): Promise<{ signer: Signer; trusted: readonly VerifierKey[] }> {
  const pem = generateKeyPairSync("ed25519").privateKey.export({ format: "pem", type: "pkcs8" }).toString();
  const signer = await openSigningKey({ pem, file: "", make: false }, "example.com/ledger");
  const key = readVerifierKey(signer.verifierKey, noteTools);
  return { signer, trusted: key === undefined ? [] : [key] };
}

/** The lines of a journal that says these things, each with its line feed. */
async function aJournal(signer: Signer, ...says: readonly string[]): Promise<string[]> {
  let last = CHAIN_START;
  const lines: string[] = [];
  for (const one of says) {
    const { link, record, signed } = linkAfter(last, { at: AT, changes: [], entry: { says: one } }, TOOLS);
    lines.push(writeLine(record, link, await signer.sign(signed), TOOLS));
    last = link;
  }
  return lines;
}

let signer: Signer;
let trusted: readonly VerifierKey[];
let lines: readonly string[];
beforeAll(async () => {
  ({ signer, trusted } = await aKey());
  lines = await aJournal(signer, "one", "two", "three");
});

const read = (text: string, keys = trusted) => readChain(text, keys, TOOLS);

describe("the journal of an emergency", () => {
  test("reads as it was written, at every length: each line is signed", () => {
    for (const length of [1, 2, 3]) {
      const answer = read(lines.slice(0, length).join(""));
      expect(answer.kind === "intact" && answer.records.map(({ entry }) => entry["says"])).toEqual(
        ["one", "two", "three"].slice(0, length),
      );
    }
  });

  test("leaves out a line that was not written to its end, and says so", () => {
    const answer = read(lines.join("").slice(0, -1));
    expect(answer).toMatchObject({ kind: "intact", torn: true, records: [{ seq: 1 }, { seq: 2 }] });
  });

  test("makes half a character and a NUL visible instead of failing", async () => {
    const [line = ""] = await aJournal(signer, "half \ud800, nul \0");
    expect(read(line)).toMatchObject({ records: [{ entry: { says: "half \ufffd, nul \u2400" } }] });
  });

  test("no byte of it can be changed, whichever it is", () => {
    const text = lines.join("");
    const believed = Array.from({ length: text.length }, (_nothing, at) => at).flatMap((at) => {
      const changed = text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ 1) + text.slice(at + 1);
      const answer = read(changed);
      return answer.kind === "intact" ? [{ at, torn: answer.torn }] : [];
    });
    // The last line feed is all that may go: then that line counts as torn.
    expect(believed).toEqual([{ at: text.length - 1, torn: true }]);
  });

  test("no line can be left out, moved, said twice or put in", async () => {
    const [one = "", two = "", three = ""] = lines;
    const [, other = ""] = await aJournal(signer, "another", "two");
    const verdicts = [two + three, one + three, two + one + three, one + one + two, one + other, ""].map(
      (text) => {
        const answer = read(text);
        return answer.kind === "intact" ? "intact" : `${answer.line}: ${answer.says}`;
      },
    );
    expect(verdicts).toEqual([
      "1: is record 2 where 1 should be",
      "2: is record 3 where 2 should be",
      "1: is record 2 where 1 should be",
      "2: is record 1 where 2 should be",
      "2: does not follow on the line before it",
      "1: there is no whole record in it",
    ]);
  });

  test("has one way to be written: a space more, or a key twice, is another text", () => {
    const [line = ""] = lines;
    const otherwise = [
      line.replace('{"hash"', '{ "hash"'),
      line.replace("{", '{"hash":"",'),
      line.replace("\n", "\r\n"),
    ];
    expect(otherwise.map((text) => read(text))).toEqual([
      { kind: "not-intact", line: 1, says: "is not written as it was" },
      { kind: "not-intact", line: 1, says: 'has the key "hash" twice' },
      { kind: "not-intact", line: 1, says: "is not written as it was" },
    ]);
  });

  test("is not believed when a key has signed it that nobody trusts, also one of the same name", async () => {
    const { signer: other } = await aKey();
    const answer = read((await aJournal(other, "one")).join(""));
    expect(answer).toMatchObject({ kind: "not-intact", line: 1 });
    expect(answer.kind === "not-intact" && answer.says).toContain("which is not trusted here");
  });
});
