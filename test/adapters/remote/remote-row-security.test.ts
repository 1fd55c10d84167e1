import { afterEach, expect, test } from "vitest";
import { migrateRls } from "../../../src/actions/migrate-rls.ts";
import { remoteRowSecurity } from "../../../src/adapters/remote/remote-row-security.ts";
import { anRlsConfig, someFindings } from "../../builders/some-findings.ts";
import { FakeSeeds } from "../../fakes/fake-seeds.ts";
import { FakeWorker } from "./a-fake-worker.ts";

const subject = { app: "diary", environment: "local" };
const config = anRlsConfig();
const workers: FakeWorker[] = [];

afterEach(async () => {
  for (const worker of workers.splice(0)) await worker.remote.end();
});

function aWorker(): FakeWorker {
  const worker = new FakeWorker(new FakeSeeds());
  workers.push(worker);
  return worker;
}

test("a worker's probes give the same report, and no file of the app is carried for them", async () => {
  const worker = aWorker();
  const asked: unknown[] = [];
  worker.database.rowSecurity = async (of, { plant }) => {
    asked.push({ of, plant });
    return someFindings();
  };
  const options = { plant: false, signal: new AbortController().signal };

  const report = await migrateRls(subject, config, options, remoteRowSecurity(worker.remote));

  expect(report).toStrictEqual(await migrateRls(subject, config, options, async () => someFindings()));
  expect(asked).toEqual([{ of: config, plant: false }]);
  expect(worker.box.sent).toEqual(["hello", "open", "answer", "ask", "answer"]);
});

test("a stop ends the probes over there, and is told as an interruption", async () => {
  const worker = aWorker();
  const stop = new AbortController();
  let isStopped = false;
  worker.database.rowSecurity = (_config, { signal }) =>
    new Promise((_resolve, reject) => {
      signal.addEventListener("abort", () => {
        isStopped = true;
        reject(signal.reason as Error);
      });
      stop.abort();
    });

  const options = { plant: false, signal: stop.signal };
  await expect(migrateRls(subject, config, options, remoteRowSecurity(worker.remote))).rejects.toMatchObject({
    exit: "interrupted",
  });
  expect(isStopped).toBe(true);
});

test("a worker that is lost says so", async () => {
  const worker = aWorker();
  worker.database.rowSecurity = () => worker.kill();
  const options = { plant: false, signal: new AbortController().signal };
  await expect(migrateRls(subject, config, options, remoteRowSecurity(worker.remote))).rejects.toMatchObject({
    exit: "verifyFailed",
    problems: [{ code: "WORKER_LOST", at: "a fake" }],
  });
});
