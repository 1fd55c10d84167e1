import { createHash } from "node:crypto";
import { afterEach, describe, expect, test } from "vitest";
import { remoteSeeds } from "../../../src/adapters/remote/remote-seeds.ts";
import { Secret } from "../../../src/core/secret.ts";
import type { SeedFile } from "../../../src/core/seed/types.ts";
import { LETTER_BYTES } from "../../../src/core/worker/letters.ts";
import { FakeSeeds } from "../../fakes/fake-seeds.ts";
import { FakeWorker } from "./a-fake-worker.ts";

const url = new Secret("migrate-url", "postgresql://nobody@127.0.0.1:1/nothing");
const never = new AbortController().signal;
const run = { keep: true, fence: 7, signal: never };
const workers: FakeWorker[] = [];

afterEach(async () => {
  for (const worker of workers.splice(0)) {
    worker.box.isGone = false;
    await worker.remote.end();
  }
});

function file(name: string, sql: string, bytes = sql): SeedFile {
  return { file: name, sql, sha256: createHash("sha256").update(bytes).digest("hex") };
}

const FILES = [file("reference/0002_b.sql", "select 'ä'"), file("local/0001_a.sql", "select c\nselect d")];

async function opened(files: readonly SeedFile[] = FILES) {
  const seeds = new FakeSeeds();
  const worker = new FakeWorker(seeds);
  workers.push(worker);
  return { seeds, worker, seeding: await remoteSeeds(worker.remote)({ url, files }) };
}

describe("seeds by a worker", () => {
  test("come in as they do over a connection of one's own, in the same order", async () => {
    const { seeds, seeding } = await opened();
    const direct = await new FakeSeeds().open({ url, files: FILES });

    expect(await seeding.apply(run)).toEqual(await direct.apply(run));
    expect([...seeds.rows]).toEqual(["select 'ä'", "select c", "select d"]);
    expect(await seeding.apply(run)).toMatchObject({
      kind: "applied",
      files: [{ wrote: [] }, { wrote: [] }],
    });
    await seeding.close();
    expect(seeds.opened).toBe(0);
  });

  test("are carried once for a trial and the run after it, and a trial keeps nothing", async () => {
    const { seeds, worker, seeding } = await opened();

    expect(await seeding.apply({ ...run, keep: false })).toMatchObject({ kind: "applied" });
    expect(seeds.rows.size).toBe(0);
    expect(worker.box.sent).not.toContain("keeping");
    await seeding.apply(run);
    expect(worker.box.sent.filter((kind) => kind === "carry")).toHaveLength(1);
    expect(worker.box.sent.filter((kind) => kind === "keeping" || kind === "heard")).toEqual([
      "keeping",
      "heard",
    ]);
  });

  test("with a mark at their beginning keep their checksum, and the mark is no part of their text", async () => {
    const { seeds, seeding } = await opened([file("reference/0001_a.sql", "select a", "\uFEFFselect a")]);
    expect(await seeding.apply(run)).toMatchObject({ kind: "applied" });
    expect([...seeds.rows]).toEqual(["select a"]);
  });

  test("that are not what was read are refused before anything runs", async () => {
    await expect(opened([file("reference/0001_a.sql", "select a", "select b")])).rejects.toMatchObject({
      problems: [{ code: "WORKER_TEXTS_DIFFER", at: "reference/0001_a.sql" }],
    });
  });

  test("that do not fit into a letter are refused before anything runs", async () => {
    const sql = "x".repeat((LETTER_BYTES / 4) * 3);
    await expect(opened([file("reference/0001_a.sql", sql)])).rejects.toMatchObject({
      exit: "verifyFailed",
      problems: [
        {
          code: "WORKER_LETTER_TOO_LONG",
          hint: "keep bulk data out of migrations and seeds: all files of a run together may have about 12 MiB",
        },
      ],
    });
  });

  test("that fail, fail with the same problem", async () => {
    const { seeds, seeding } = await opened();
    seeds.fails = "local/0001_a.sql";
    expect(await seeding.apply(run)).toMatchObject({
      kind: "failed",
      problem: { code: "SEED_NOT_IDEMPOTENT", at: "local/0001_a.sql" },
    });
  });
});

describe("a worker that is lost", () => {
  test("before it was about to keep anything has kept nothing", async () => {
    const { seeds, worker, seeding } = await opened();
    seeds.onKeep = () => void worker.kill();

    expect(await seeding.apply(run)).toEqual({
      kind: "failed",
      problem: {
        code: "SEED_WORKER_LOST",
        at: "a fake",
        says: "the worker was lost while it seeded (SIGKILL); nothing of the run was kept",
        hint: "look into its log and try again",
      },
    });
    expect(seeds.rows.size).toBe(0);
    expect(worker.started).toHaveLength(1);
  });

  test("right before its commit: the server is asked, and knows of nothing", async () => {
    const { seeds, worker, seeding } = await opened();
    seeds.onCommit = () => worker.kill();

    expect(await seeding.apply(run)).toMatchObject({ kind: "failed", problem: { code: "SEED_WORKER_LOST" } });
    expect(worker.database.settled).toEqual(["run-1"]);
    expect(worker.started).toHaveLength(2);
  });

  test("right after its commit: the server is asked, and the answer is as if it had come", async () => {
    const { seeds, worker, seeding } = await opened();
    seeds.onKept = () => worker.kill();

    const direct = await new FakeSeeds().open({ url, files: FILES });
    expect(await seeding.apply(run)).toEqual(await direct.apply(run));
    expect(seeds.rows.size).toBe(3);
  });

  test("while a person stops the run: whether it was kept is not known", async () => {
    const { seeds, worker, seeding } = await opened();
    const stop = new AbortController();
    seeds.onKept = () => {
      stop.abort();
      return worker.kill();
    };
    await expect(seeding.apply({ ...run, signal: stop.signal })).rejects.toMatchObject({
      exit: "outcomeUnknown",
      problems: [{ code: "SEED_OUTCOME_UNKNOWN", at: "a fake" }],
    });
  });
});

describe("what is to be kept", () => {
  test("is not kept as long as nobody has heard of it", async () => {
    const { seeds, worker, seeding } = await opened();
    worker.box.loses = "heard";
    const stop = new AbortController();
    const applying = seeding.apply({ ...run, signal: stop.signal });
    while (!worker.box.sent.includes("heard")) await worker.world.clock.sleep(100);

    stop.abort();

    expect(await applying).toMatchObject({ kind: "failed", problem: { code: "SEED_INTERRUPTED" } });
    expect(seeds.rows.size).toBe(0);
  });

  test("is not kept when the lease is lost meanwhile", async () => {
    const { seeds, worker, seeding } = await opened();
    const { sent } = worker.box;
    const push = sent.push.bind(sent);
    sent.push = (kind) => {
      if (kind === "heard") worker.box.fence += 1;
      return push(kind);
    };

    expect(await seeding.apply(run)).toMatchObject({ kind: "failed", problem: { code: "LEASE_LOST" } });
    expect(seeds.rows.size).toBe(0);
    await expect(seeding.apply(run)).rejects.toMatchObject({ exit: "leaseHeld" });
  });

  test("is unknown when the ledger is gone, and known when the ledger went before", async () => {
    const late = await opened();
    late.seeds.onKept = async () => void (late.worker.box.isGone = true);
    await expect(late.seeding.apply(run)).rejects.toMatchObject({
      exit: "outcomeUnknown",
      problems: [{ code: "SEED_OUTCOME_UNKNOWN" }],
    });

    const early = await opened();
    early.seeds.onKeep = () => (early.worker.box.isGone = true);
    await expect(early.seeding.apply(run)).rejects.toMatchObject({
      exit: "verifyFailed",
      problems: [{ code: "LEDGER_UNREACHABLE" }],
    });
    expect(early.seeds.rows.size).toBe(0);
  });
});
