import { generateKeyPairSync } from "node:crypto";
import canonicalize from "canonicalize";
import { beforeAll, describe, expect, test } from "vitest";
import { anchoredKnownGood } from "../../../src/adapters/local/anchored-known-good.ts";
import { noteTools } from "../../../src/adapters/local/note-tools.ts";
import { openSigningKey } from "../../../src/adapters/local/signing-key.ts";
import { chooseList } from "../../../src/core/emergency/choose-list.ts";
import { writeKnownGoodList, type KnownGoodList } from "../../../src/core/emergency/known-good-list.ts";
import { knownGoodDocument } from "../../../src/core/known-good-document.ts";
import { writeCheckpoint } from "../../../src/core/ledger/checkpoint.ts";
import { readVerifierKey } from "../../../src/core/ledger/signed-note.ts";
import type { Signer } from "../../../src/ports/signer.ts";
import { aRelease } from "../../builders/a-release.ts";
import { FakeAnchor } from "../../fakes/fake-anchor.ts";

const UNTIL = "2033-01-31T12:00:00Z";
const CONTRACT = { file: "0002_drop.up.sql", sha256: "b".repeat(64), phase: "contract" } as const;

function aList(n: number, changes: Partial<KnownGoodList> = {}): KnownGoodList {
  const at = `2026-01-3${n}T12:00:00.000000Z`;
  const one = {
    deploymentId: `d-${n}`,
    purpose: "deploy",
    release: aRelease(n),
    revisions: { api: `r:${n}` },
    at,
  };
  return {
    schema: 1,
    app: "diary",
    env: "local",
    log: "log",
    releases: [one],
    contracts: [],
    ...changes,
  } as KnownGoodList;
}

async function aSigner(): Promise<Signer> {
  const pem = generateKeyPairSync("ed25519").privateKey.export({ format: "pem", type: "pkcs8" }).toString();
  return openSigningKey({ pem, file: "", make: false }, "example.com/ledger");
}

let signer: Signer;
beforeAll(async () => {
  signer = await aSigner();
});

function storeOf(anchors: readonly FakeAnchor[], by = signer) {
  const key = readVerifierKey(signer.verifierKey, noteTools);
  const trusted = key === undefined ? [] : [key];
  return anchoredKnownGood({ anchors, signer: by, trusted, log: async () => "log" });
}

describe("the list of known good releases", () => {
  test("comes back from every anchor as it was kept, and twice is once", async () => {
    const anchors = [new FakeAnchor("one"), new FakeAnchor("two")];
    const { log: _log, ...list } = aList(1, { contracts: [CONTRACT] });
    await storeOf(anchors).keep(list, UNTIL);
    await storeOf(anchors).keep(list, UNTIL);

    expect(await storeOf(anchors).read("diary", "local")).toEqual([
      { kind: "list", place: "one", list: { ...list, log: "log" } },
      { kind: "list", place: "two", list: { ...list, log: "log" } },
    ]);
    expect(anchors.map(({ documents }) => documents.length)).toEqual([1, 1]);
    expect(anchors[0]?.heldUntil.get("known-good/diary/local#1")).toBe(UNTIL);
  });

  test("is not believed from an anchor that is silent, empty, forged, foreign or mixed up", async () => {
    const [silent, empty, forged, edited, mixed, checkpoint] = ["1", "2", "3", "4", "5", "6"].map(
      (place) => new FakeAnchor(place),
    ) as [FakeAnchor, FakeAnchor, FakeAnchor, FakeAnchor, FakeAnchor, FakeAnchor];
    silent.fault = "ANCHOR_UNREACHABLE";
    await storeOf([forged], await aSigner()).keep(aList(1), UNTIL);
    const name = knownGoodDocument("diary", "local");
    const write = (list: KnownGoodList) =>
      signer.sign(writeKnownGoodList(list, signer.verifierKey, (value) => canonicalize(value) ?? ""));
    await edited.putDocument(name, (await write(aList(1))).replace("r:1", "r:9"), UNTIL);
    await mixed.putDocument(name, await write(aList(1, { env: "production" })), UNTIL);
    const size = { origin: "example.com/ledger", size: 1, root: "0".repeat(64), head: "0".repeat(64) };
    const text = writeCheckpoint({ ...size, log: "00000000-0000-4000-8000-000000000000" });
    await checkpoint.putDocument(name, await signer.sign(text), UNTIL);

    const other = new FakeAnchor("7");
    const list = writeKnownGoodList(aList(1), signer.verifierKey, (value) => canonicalize(value) ?? "");
    await other.putDocument(
      name,
      await signer.sign(list.replace("slipway-known-good", "slipway-other")),
      UNTIL,
    );

    const found = await storeOf([silent, empty, forged, edited, mixed, checkpoint, other]).read(
      "diary",
      "local",
    );
    expect(found.map((one) => (one.kind === "refused" ? one.says : one.kind))).toEqual([
      expect.stringContaining("the test wants it so"),
      "none",
      expect.stringMatching(/^is signed by example\.com\/ledger\+[0-9a-f]{8}, which is not trusted here$/),
      expect.stringMatching(/^is not as example\.com\/ledger\+[0-9a-f]{8} signed it$/),
      "is about diary/production",
      "is signed, but is no list of known good releases",
      "is signed, but is no list of known good releases",
    ]);
    expect(chooseList(found).kind).toBe("none");
  });
});

describe("of several lists", () => {
  const at = (place: string, list: KnownGoodList) => ({ kind: "list", place, list }) as const;

  test("the newest one counts, wherever it is, and the others are told", () => {
    const old = at("old", aList(0));
    const [newer, same] = [at("new", aList(1)), at("same", aList(1))];
    for (const found of [
      [old, newer, same],
      [newer, same, old],
    ]) {
      expect(chooseList(found)).toEqual({
        kind: "chosen",
        list: newer.list,
        place: "new",
        told: [`old has another list, which ends with ${aRelease(0).id} of 2026-01-30T12:00:00.000000Z`],
      });
    }
  });

  test("of one commit, the list that knows more contract migrations counts", () => {
    const [less, more] = [at("less", aList(1)), at("more", aList(1, { contracts: [CONTRACT] }))];
    expect(chooseList([less, more])).toMatchObject({
      place: "more",
      told: [expect.stringContaining("less")],
    });
    expect(chooseList([more, less])).toMatchObject({ place: "more" });
  });
});
