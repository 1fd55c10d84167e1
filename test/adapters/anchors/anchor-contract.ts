import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SlipwayError } from "../../../src/core/errors.ts";
import type { Anchor, AnchoredCheckpoint } from "../../../src/ports/anchor.ts";

export interface AnchorWorld {
  /** An anchor at a place of its own, with nothing in it. */
  fresh(): Promise<Anchor>;
  /** Another one at the same place, as another process would open it. */
  reopened(anchor: Anchor): Anchor;
  close(): Promise<void>;
}

export const UNTIL = "2099-11-21T00:00:00Z";

export function aCheckpoint(changes: Partial<AnchoredCheckpoint> = {}): AnchoredCheckpoint {
  const size = changes.size ?? 3;
  const note = `slipway/diary\n${size}\nZm9v\n\n— slipway/diary AAAA+ü=\n`;
  return { log: "slipway/diary", size, note, ...changes };
}

/** Code and exit of what a call is refused with. */
export async function refusedWith(call: Promise<unknown>): Promise<string> {
  const error: unknown = await call.then(
    () => new Error("nothing was refused"),
    (reason: unknown) => reason,
  );
  if (error instanceof SlipwayError) return `${error.problems[0]?.code} ${error.exit}`;
  throw error;
}

const HOSTILE = [
  "../../escape",
  "..",
  "a/../b",
  "nul\u0000byte",
  "line\r\nbreak",
  "\u001b[31mred",
  "UPPER",
  "upper",
  "ü",
  "☃🗄",
  "a~b",
  "a/b",
  "%2F",
];

/** What every anchor keeps to. */
export function anchorContract(name: string, open: () => Promise<AnchorWorld>): void {
  describe(`an anchor in ${name}`, () => {
    let world: AnchorWorld;
    beforeAll(async () => void (world = await open()));
    afterAll(() => world.close());

    test("keeps checkpoints and gives them back in the order of their size", async () => {
      const anchor = await world.fresh();
      expect(await anchor.kept("slipway/diary")).toEqual([]);
      const kept = [2, 10, 9007199254740991].map((size) => aCheckpoint({ size }));
      for (const one of kept.toReversed()) await anchor.keep(one, UNTIL);
      expect(await anchor.kept("slipway/diary")).toEqual(kept);
      expect(await world.reopened(anchor).kept("slipway/diary")).toEqual(kept);
      expect(await anchor.kept("slipway/diary", 2)).toEqual(kept);
      expect(await anchor.kept("slipway/diary", 3)).toEqual(kept.slice(1));
      expect(await anchor.kept("slipway/diary", 10)).toEqual(kept.slice(1));
      expect(await anchor.kept("slipway/diary", 11)).toEqual(kept.slice(2));
    });

    test("takes an equal checkpoint again, with an earlier or later date", async () => {
      const anchor = await world.fresh();
      for (const until of [UNTIL, "2098-01-01T00:00:00Z", "2100-01-01T00:00:00.123456Z"])
        await anchor.keep(aCheckpoint(), until);
      expect(await anchor.kept("slipway/diary")).toEqual([aCheckpoint()]);
    });

    test("refuses another note for the same size and keeps the first", async () => {
      const anchor = await world.fresh();
      await anchor.keep(aCheckpoint(), UNTIL);
      const other = aCheckpoint({ note: "another" });
      expect(await refusedWith(anchor.keep(other, UNTIL))).toBe("ANCHOR_DIFFERS verifyFailed");
      expect(await anchor.kept("slipway/diary")).toEqual([aCheckpoint()]);
    });

    test("lets one of several writers at once win, and tells the others", async () => {
      const anchor = await world.fresh();
      const notes = Array.from({ length: 8 }, (_, index) => aCheckpoint({ note: `note ${index}` }));
      const results = await Promise.allSettled(notes.map((one) => world.reopened(anchor).keep(one, UNTIL)));
      const won = notes.filter((_, index) => results[index]?.status === "fulfilled");
      expect(won).toHaveLength(1);
      expect(await anchor.kept("slipway/diary")).toEqual(won);
    });

    test("tells logs apart whatever their names are made of", async () => {
      const anchor = await world.fresh();
      for (const log of HOSTILE) await anchor.keep(aCheckpoint({ log, note: log }), UNTIL);
      for (const log of HOSTILE) expect(await anchor.kept(log)).toEqual([{ log, size: 3, note: log }]);
    });

    test.each([[""], ["x".repeat(201)], ["\ud800"]])("refuses %j as a name", async (log) => {
      const anchor = await world.fresh();
      const keep = async () => anchor.keep(aCheckpoint({ log }), UNTIL);
      expect(await refusedWith(keep())).toBe("ANCHOR_NAME_INVALID usage");
    });

    test("gives back the newest of a document's texts, whatever it is called", async () => {
      const anchor = await world.fresh();
      expect(await anchor.getDocument("known-good")).toBeUndefined();
      for (const text of ["one\n", "two\n", "two\n", "ü☃"])
        await anchor.putDocument("known-good", text, UNTIL);
      expect(await anchor.getDocument("known-good")).toBe("ü☃");
      await anchor.putDocument("known-good", "one\n", UNTIL);
      expect(await world.reopened(anchor).getDocument("known-good")).toBe("one\n");
      for (const name of HOSTILE) await anchor.putDocument(name, name, UNTIL);
      for (const name of HOSTILE) expect(await anchor.getDocument(name)).toBe(name);
      expect(await anchor.getDocument("known")).toBeUndefined();
    });

    test("keeps every one of several documents that are written at once", async () => {
      const anchor = await world.fresh();
      const texts = Array.from({ length: 8 }, (_, index) => `text ${index}`);
      await Promise.all(texts.map((text) => world.reopened(anchor).putDocument("d", text, UNTIL)));
      expect(texts).toContain(await anchor.getDocument("d"));
    });
  });
}
