import { expect, test } from "vitest";
import { SlipwayError } from "../../../src/core/errors.ts";
import type { Reply, Request } from "../../../src/core/worker/calls.ts";
import { LETTER_BYTES, readReply, readRequest, writeLetter } from "../../../src/core/worker/letters.ts";
import { mayGoOn, whyEnd } from "../../../src/core/worker/patience.ts";

const REQUESTS: readonly Request[] = [
  {
    kind: "call",
    id: "1",
    fence: null,
    call: { kind: "carry", sha256: "a", carried: { files: [], rendered: {} } },
  },
  { kind: "call", id: "2", fence: 7, call: { kind: "ask", handle: "h1", method: "apply" } },
  { kind: "call", id: "3", fence: null, call: { kind: "settle", run: "r" } },
  { kind: "cancel", id: "2" },
  { kind: "heard", id: "2" },
];
const REPLIES: readonly Reply[] = [
  { kind: "keeping", id: "2", seeds: { transaction: "700", files: [] } },
  { kind: "hello", tool: "0.1.0" },
  { kind: "event", id: "2", event: { kind: "ran", file: "0001_a.up.sql", seconds: 1 } },
  { kind: "answer", id: "2", answer: { kind: "value", value: { kind: "applied", ran: [] } } },
  {
    kind: "answer",
    id: "2",
    answer: { kind: "fault", exit: "verifyFailed", problems: [{ code: "A", at: "b", says: "c", hint: "d" }] },
  },
];

test.each(REQUESTS)("a request comes back as it was written: %j", (request) => {
  expect(readRequest(writeLetter(request))).toEqual(request);
});

test.each(REPLIES)("a reply comes back as it was written: %j", (reply) => {
  expect(readReply(writeLetter(reply))).toEqual(reply);
});

test.each([
  "",
  "{}",
  "null",
  '{"kind":"call","id":1,"fence":null,"call":{"kind":"close","handle":"h"}}',
  '{"kind":"call","id":"1","fence":"7","call":{"kind":"close","handle":"h"}}',
  '{"kind":"call","id":"1","fence":null,"call":{"kind":"drop"}}',
  '{"kind":"call","id":"1","id":"2","fence":null,"call":{"kind":"close","handle":"h"}}',
  '{"kind":"hello","tool":"0.1.0"}',
])("refuses what is no request: %j", (text) => {
  expect(() => readRequest(text)).toThrow(SlipwayError);
});

test.each([
  "[]",
  '{"kind":"hello"}',
  '{"kind":"answer","id":"1"}',
  '{"kind":"answer","id":"1","answer":{"kind":"fault","exit":"nowhere","problems":[{}]}}',
  '{"kind":"answer","id":"1","answer":{"kind":"fault","exit":"bug","problems":[]}}',
  '{"kind":"cancel","id":"1"}',
  '{"kind":"keeping","id":"1"}',
])("refuses what is no reply: %j", (text) => {
  expect(() => readReply(text)).toThrow("holds what is no letter between a deployment and its worker");
});

test("refuses a letter that the ledger would not take", () => {
  const value = "ä".repeat(LETTER_BYTES / 2);
  expect(() => writeLetter({ kind: "answer", id: "1", answer: { kind: "value", value } })).toThrow(
    "16.0 MiB do not fit into a letter between a deployment and its worker",
  );
});

test.each([
  [{ ended: true, callerSilentMs: 0 }, 0, "the deployment has ended it"],
  [{ ended: false, callerSilentMs: 20_000 }, 0, undefined],
  [{ ended: false, callerSilentMs: 20_001 }, 0, "nothing was heard of the deployment for 20 s"],
  [{ ended: false, callerSilentMs: 0 }, 6 * 3_600_000 + 1, "it has worked for six hours"],
])("a worker that sees %j after %d ms: %s", (look, lived, why) => {
  expect(whyEnd({ ...look, leaseMs: undefined }, lived)).toBe(why);
});

test.each([
  [undefined, false],
  [5000, false],
  [5001, true],
])("a lease that stands for %s ms more: goes on %s", (leaseMs, goesOn) => {
  expect(mayGoOn({ leaseMs })).toBe(goesOn);
});
