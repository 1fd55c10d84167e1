import { resolve } from "node:path";
import pMap from "p-map";
import { afterAll, expect, test } from "vitest";
import { useDatabase } from "../support/postgres.ts";
import { catchMistake, type Caught } from "./catch.ts";
import { CHAPTERS } from "./chapters.ts";
import { page } from "./page.ts";
import type { Planted } from "./planted.ts";
import { Theatre } from "./theatre.ts";

// Most of them wait for the database, so that a core can serve more than one.
const AT_ONCE = 4;

const database = useDatabase();
let theatre: Theatre | undefined;
afterAll(() => theatre?.close());

let all: Promise<ReadonlyMap<Planted, Caught>> | undefined;

async function catchAll(): Promise<ReadonlyMap<Planted, Caught>> {
  const stage = (theatre = await Theatre.begin(database.url.replace(/[^/]+$/, "postgres")));
  const mistakes = CHAPTERS.flatMap((chapter) => chapter.mistakes);
  const catching = async (one: Planted) => [one, await catchMistake(one, stage)] as const;
  return new Map(await pMap(mistakes, catching, { concurrency: AT_ONCE }));
}

test.each(CHAPTERS)(
  "each mistake against “$promise” is caught, with its exit code",
  async ({ mistakes }) => {
    const caught = await (all ??= catchAll());
    const found = mistakes.map((planted) => {
      const { exit, codes } = caught.get(planted) ?? {};
      return { mistake: planted.mistake, exit, codes };
    });
    expect(found).toEqual(mistakes.map(({ mistake, exit, codes }) => ({ mistake, exit, codes })));
  },
  900_000,
);

test("all of them are told in sentences that one page holds", async () => {
  const caught = await (all ??= catchAll());
  await expect(page(CHAPTERS, caught)).toMatchFileSnapshot(
    resolve(import.meta.dirname, "../golden/planted.md"),
  );
}, 900_000);
