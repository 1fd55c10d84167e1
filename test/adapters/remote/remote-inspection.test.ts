import { expect, test } from "vitest";
import { remoteInspection } from "../../../src/adapters/remote/remote-inspection.ts";
import { Secret } from "../../../src/core/secret.ts";
import { FakeSeeds } from "../../fakes/fake-seeds.ts";
import { FakeWorker } from "./a-fake-worker.ts";

test("a worker is asked for all that is looked at, also whose schema it is", async () => {
  const worker = new FakeWorker(new FakeSeeds());
  const { inspection } = worker.world;
  inspection.opened += 1;
  const url = new Secret("migrate-url", "postgresql://nobody@127.0.0.1:1/nothing");

  const remote = await remoteInspection(worker.remote)({ url, folder: "migrations" });

  expect(await remote.origin()).toEqual(await inspection.origin());
  expect(await remote.schema()).toEqual(await inspection.schema());
  expect(await remote.expected()).toEqual(await inspection.expected());
  expect(await remote.statistics()).toEqual(await inspection.statistics());
  await remote.close();
  expect(inspection.opened).toBe(0);
  await worker.remote.end();
});
