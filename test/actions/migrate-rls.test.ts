import { expect, test } from "vitest";
import { migrateRls } from "../../src/actions/migrate-rls.ts";
import { anRlsConfig, someFindings } from "../builders/some-findings.ts";

const subject = { app: "diary", environment: "local" };

test("judges what was found", async () => {
  const options = { plant: false, signal: new AbortController().signal };
  expect(await migrateRls(subject, anRlsConfig(), options, async () => someFindings())).toMatchObject({
    ...subject,
    tables: ["public.entries"],
    probes: 1,
    mutation: null,
  });
});

test("that is told to stop is interrupted, and no fault of ours", async () => {
  const stop = new AbortController();
  const probing = migrateRls(subject, anRlsConfig(), { plant: false, signal: stop.signal }, async () => {
    stop.abort();
    stop.signal.throwIfAborted();
    return someFindings();
  });
  await expect(probing).rejects.toMatchObject({ exit: "interrupted", problems: [{ code: "INTERRUPTED" }] });
});

test("passes on what the database says", async () => {
  const options = { plant: false, signal: new AbortController().signal };
  const refused = new Error("permission denied to set role");
  await expect(migrateRls(subject, anRlsConfig(), options, () => Promise.reject(refused))).rejects.toBe(
    refused,
  );
});
