import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { areOpen, decideGates, looksBackHours } from "../../../src/core/gates/decide.ts";
import { describeGates } from "../../../src/core/gates/describe.ts";
import { recheckGates } from "../../../src/core/gates/recheck.ts";
import { GATES, type GateDecision, type GateFacts } from "../../../src/core/gates/types.ts";
import { aGateFacts, anApproval, aPolicy, aWindow, HOUR, NOW } from "../../builders/a-gate-facts.ts";

const HELD = [{ id: "h-1", reason: "patients see each other", by: "person-b", at: NOW - HOUR }];
const FRIDAY = Date.parse("2026-11-27T22:00:00Z");
const closed = (decisions: readonly GateDecision[]) =>
  decisions.filter(({ reasons }) => reasons.length > 0).map(({ gate }) => gate);
const NO_POLICY = aPolicy({
  windows: undefined,
  rateLimit: undefined,
  promotion: undefined,
  approvals: undefined,
});

describe("the gates together", () => {
  test("all of them answer, in their order", () => {
    expect(decideGates(aGateFacts())).toEqual([
      { gate: "hold", reasons: [], rule: "no hold" },
      { gate: "window", reasons: [], rule: "mon-thu 09:00-15:00 America/New_York" },
      { gate: "rate-limit", reasons: [], rule: "1 in 4 h" },
      { gate: "promotion", reasons: [], rule: "passed staging within 24 h" },
      { gate: "approvals", reasons: [], rule: "tech-lead 1, qa-lead 1" },
    ]);
    expect(areOpen(decideGates(aGateFacts()))).toBe(true);
  });

  test("an environment without a policy asks for nothing, and can still be held", () => {
    const facts = aGateFacts({
      policy: NO_POLICY,
      now: FRIDAY,
      approvals: [],
      earlier: [],
      author: undefined,
    });
    expect(
      decideGates(facts)
        .slice(1)
        .map(({ rule }) => rule),
    ).toEqual(Array(4).fill("no rule"));
    expect(areOpen(decideGates(facts))).toBe(true);
    expect(closed(decideGates({ ...facts, holds: HELD }))).toEqual(["hold"]);
  });

  test("each closes for itself, and all at once", () => {
    const changes: Partial<GateFacts>[] = [
      { holds: HELD },
      { policy: aPolicy({ windows: aWindow({ holidays: ["2026-11-24"] }) }) },
      { mutations: [{ deploymentId: "d-0", at: NOW - HOUR }] },
      { earlier: [] },
      { approvals: [] },
    ];
    fc.assert(
      fc.property(fc.subarray([0, 1, 2, 3, 4]), (chosen) => {
        const facts = aGateFacts(Object.assign({}, ...chosen.map((index) => changes[index])));
        expect(closed(decideGates(facts))).toEqual(chosen.map((index) => GATES[index]));
      }),
    );
  });

  test("a clock that is off by an hour or ten years decides as if it were then, and the facts stay as they are", () => {
    const facts = aGateFacts();
    const before = JSON.stringify(facts);
    const later = Date.parse("2036-11-24T16:00:00Z");
    const earlier = Date.parse("2016-11-24T16:00:00Z");

    // The approvals are good for a day: an hour ago they had not been given yet, in an hour they are still good.
    expect(closed(decideGates({ ...facts, now: NOW + HOUR }))).toEqual([]);
    expect(closed(decideGates({ ...facts, now: NOW - 2 * HOUR }))).toEqual(["approvals"]);
    expect(closed(decideGates({ ...facts, now: later }))).toEqual(["promotion", "approvals"]);
    expect(closed(decideGates({ ...facts, now: earlier }))).toEqual(["promotion", "approvals"]);
    expect(closed(decideGates(facts))).toEqual([]);
    expect(JSON.stringify(facts)).toBe(before);
  });

  test("the mutations must be known for as long as the rate limit looks back", () => {
    expect(looksBackHours(aPolicy({ rateLimit: { deployments: 2, hours: 72 } }))).toBe(72);
    expect(looksBackHours(NO_POLICY)).toBe(0);
  });
});

describe("before an irreversible step", () => {
  const begun = (changes: Partial<GateFacts> = {}) =>
    aGateFacts({
      deploymentId: "d-1",
      approvals: aGateFacts().approvals.map((approval) => ({ ...approval, usedBy: "d-1" })),
      ...changes,
    });

  test("the end of the window lets it finish, or stops it, as the window says", () => {
    const stop = aPolicy({ windows: aWindow({ overrun: "stop" }) });
    expect(closed(recheckGates(begun({ now: FRIDAY }), undefined))).toEqual([]);
    expect(closed(recheckGates(begun({ now: FRIDAY, policy: stop }), undefined))).toEqual(["window"]);
    expect(closed(recheckGates(begun({ policy: stop }), undefined))).toEqual([]);
  });

  test("a hold stops it always", () => {
    expect(closed(recheckGates(begun({ holds: HELD }), undefined))).toEqual(["hold"]);
    expect(closed(recheckGates(begun({ holds: HELD, approvals: [] }), "an emergency"))).toContain("hold");
  });

  test("an approval that was taken back stops it, also when another one is there that it has not used", () => {
    const [techLead, qaLead] = begun().approvals;
    if (techLead === undefined || qaLead === undefined) throw new Error("the builder gives two");
    const spare = anApproval({ person: "person-e" });
    const roles = { "tech-lead": ["person-a", "person-e"], "qa-lead": ["person-b"] };
    const approvals = [{ ...techLead, revoked: true }, qaLead, spare];

    expect(closed(recheckGates(begun({ roles, approvals }), undefined))).toEqual(["approvals"]);
    expect(closed(recheckGates(begun({ roles, approvals: [qaLead] }), undefined))).toEqual(["approvals"]);
  });

  test("neither the rate limit nor the promotion is asked again", () => {
    const facts = begun({ earlier: [], mutations: [{ deploymentId: "d-0", at: NOW }] });
    expect(closed(recheckGates(facts, undefined))).toEqual([]);
  });

  test("what went through broken glass needs its second person to the end", () => {
    const second = anApproval({ meaning: "break-glass", usedBy: "d-1" });
    const facts = begun({ now: FRIDAY, policy: aPolicy({ windows: aWindow({ overrun: "stop" }) }) });

    expect(recheckGates({ ...facts, approvals: [second] }, "an emergency")).toEqual([
      { gate: "hold", reasons: [], rule: "no hold" },
      { gate: "approvals", reasons: [], rule: "broken glass" },
    ]);
    expect(
      closed(recheckGates({ ...facts, approvals: [{ ...second, revoked: true }] }, "an emergency")),
    ).toEqual(["approvals"]);
    expect(closed(recheckGates({ ...facts, approvals: [] }, "an emergency"))).toEqual(["approvals"]);
  });
});

describe("in words", () => {
  test("all open", async () => {
    const text = describeGates(decideGates(aGateFacts()), "America/New_York");
    await expect(`${text}\n`).toMatchFileSnapshot("../../golden/gates/all-open.txt");
  });

  test("all closed", async () => {
    const policy = aPolicy({ windows: aWindow({ holidays: ["2026-11-27"] }) });
    const facts = aGateFacts({
      now: FRIDAY,
      policy,
      holds: HELD,
      mutations: [{ deploymentId: "d-0", at: FRIDAY - HOUR + 1 }],
      approvals: [anApproval(), anApproval({ person: "person-b", role: "qa-lead", revoked: true })],
    });
    const text = describeGates(decideGates(facts), "America/New_York");
    await expect(`${text}\n`).toMatchFileSnapshot("../../golden/gates/all-closed.txt");
  });

  test("what a stranger wrote neither moves the cursor nor ends a line", () => {
    const holds = [{ id: "h-1", reason: "\u001b[2J\nopen: hold", by: "x\u202e", at: NOW }];
    const text = describeGates(decideGates(aGateFacts({ holds })), undefined);
    expect(text.split("\n")[1]).toBe(
      "    x? has held production since 2026-11-24 16:00:00 UTC: ?[2J?open: hold (h-1)",
    );
  });
});
