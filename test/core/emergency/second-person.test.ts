import { beforeEach, describe, expect, test } from "vitest";
import { proofTools } from "../../../src/adapters/local/proof-tools.ts";
import type { Config } from "../../../src/core/config/types.ts";
import { judgeSecond, readSecond, type SecondPerson } from "../../../src/core/emergency/second-person.ts";
import { environmentOf } from "../../builders/a-config.ts";
import { anEmergencyConfig, aPersonKey, aStatement } from "../../builders/an-emergency.ts";

const NOW = Date.parse("2026-01-31T03:00:00Z");
const MINUTE = 60_000;
const keys = { a: aPersonKey(), b: aPersonKey(), c: aPersonKey() };

let config: Config;
beforeEach(() => {
  config = anEmergencyConfig(keys);
});

function judge(second: SecondPerson, now = NOW): unknown {
  const facts = { config, environment: environmentOf(config), triggeredBy: "person-a", now };
  const decision = judgeSecond(second, facts, proofTools);
  return decision.kind === "counts"
    ? `${decision.person} as ${decision.role}`
    : decision.problems.map(({ says }) => says);
}

describe("a second person", () => {
  test("counts with a role and a signature for this very place, and the file is read as it is written", () => {
    const second = keys.b.sign(aStatement(NOW));
    expect(judge(second)).toBe("person-b as tech-lead");
    expect(readSecond(JSON.parse(JSON.stringify(second)))).toEqual(second);
    expect(readSecond({ ...second, schema: 2 })).toBe(undefined);
  });

  test("counts for four hours, and five minutes before them: clocks differ", () => {
    const second = keys.b.sign(aStatement(NOW));
    expect([-6, -5, 239, 240].map((minutes) => judge(second, NOW + minutes * MINUTE))).toEqual([
      ["was signed in the future, at 2026-01-31T03:00:00.000Z"],
      "person-b as tech-lead",
      "person-b as tech-lead",
      ["expired at 2026-01-31T07:00:00.000Z"],
    ]);
    const endless = keys.b.sign(aStatement(NOW, { expiresAt: "2036-01-31T03:00:00Z" }));
    const timeless = keys.b.sign(aStatement(NOW, { signedAt: "yesterday" }));
    expect([judge(endless), judge(timeless)]).toEqual([
      ["is good for longer than 4 hours: until 2036-01-31T03:00:00Z"],
      ["is good for longer than 4 hours: until 2026-01-31T07:00:00.000Z"],
    ]);
  });

  test("does not count for another place, with another's key, for other words, or without a role: all reasons at once", () => {
    const elsewhere = keys.b.sign(aStatement(NOW, { env: "production" }));
    const second = keys.b.sign(aStatement(NOW));
    const borrowed = { ...second, identity: keys.c.identity };
    const reworded = { ...second, statement: { ...second.statement, reason: "because" } };
    const stranger = aPersonKey().sign(aStatement(NOW));

    expect(
      [elsewhere, borrowed, reworded, keys.a.sign(aStatement(NOW)), stranger].map((one) => judge(one)),
    ).toEqual([
      ["is for diary/production, not for diary/local"],
      ["e-1 shows another key than its own", "person-c is not in the role tech-lead"],
      ["e-1 is not what its key signed"],
      ["person-a triggers this deployment, and somebody else approves it"],
      [`nobody has the identity ${stranger.identity}`],
    ]);
  });
});
