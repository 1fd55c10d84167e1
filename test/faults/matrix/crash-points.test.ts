import { expect, test } from "vitest";
import { aRun } from "../oracle/some-facts.ts";
import { crashPoints, isDecisive, isPolled, isUnrecorded } from "./crash-points.ts";

const line = (when: "before" | "after", call: string) => ({ at: 0, when, call });

test("places with nothing between them are one place, except those that decide", () => {
  const clean = aRun({
    trace: [
      line("before", "verify/a.read#1"),
      line("before", "verify/b.read#1"),
      line("after", "verify/a.read#1"),
      line("after", "verify/b.read#1"),
      line("before", "verify/c.read#1"),
      line("before", "verify/tools.hash#1"),
      line("after", "verify/c.read#1"),
      line("before", "verify/record-step-outcome#1"),
      line("after", "verify/record-step-outcome#1"),
    ],
  });

  expect(crashPoints(clean).map(({ call, when }) => `${when} ${call}`)).toEqual([
    "before verify/a.read#1",
    "before verify/b.read#1",
    "after verify/a.read#1",
    "after verify/b.read#1",
    "after verify/c.read#1",
    "before verify/record-step-outcome#1",
    "after verify/record-step-outcome#1",
  ]);
});

test("what is polled is hit twice, the heartbeat never", () => {
  const calls = ["wait/c.progress#1", "wait/c.progress#2", "wait/c.progress#3", "wait/leases.renew#1"];
  const clean = aRun({ trace: calls.flatMap((call) => [line("before", call), line("after", call)]) });

  expect(crashPoints(clean).map(({ call }) => call)).toEqual([
    "wait/c.progress#1",
    "wait/c.progress#1",
    "wait/c.progress#2",
  ]);
});

test("the decisive places of a step are after its intent, before its outcome and after it", () => {
  const all = ["before", "after"].flatMap((when) =>
    ["stage/record-step-intent#1", "stage/tasks.stage#1", "stage/record-step-outcome#1"].map((call) => ({
      call,
      when: when as "before" | "after",
    })),
  );

  expect(all.filter(isDecisive)).toEqual([
    { call: "stage/record-step-outcome#1", when: "before" },
    { call: "stage/record-step-intent#1", when: "after" },
    { call: "stage/record-step-outcome#1", when: "after" },
  ]);
  expect(all.filter(isUnrecorded)).toEqual([{ call: "stage/record-step-outcome#1", when: "before" }]);
});

test("only what comes by again and again may be missed", () => {
  expect(isPolled({ call: "wait/c.progress#1" })).toBe(false);
  expect(isPolled({ call: "wait/c.progress#2" })).toBe(true);
});
