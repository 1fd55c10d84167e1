import { beforeEach, describe, expect, test } from "vitest";
import canonicalize from "canonicalize";
import { approvals } from "../../src/actions/approvals.ts";
import { approve } from "../../src/actions/approve.ts";
import { closeReview } from "../../src/actions/close-review.ts";
import { hold } from "../../src/actions/hold.ts";
import { importApprovals } from "../../src/actions/import-approvals.ts";
import { releaseHold } from "../../src/actions/release-hold.ts";
import { revoke } from "../../src/actions/revoke.ts";
import { unlock } from "../../src/actions/unlock.ts";
import type { ActPorts } from "../../src/actions/act-ports.ts";
import type { Refused } from "../../src/actions/record-act.ts";
import type { Meaning } from "../../src/core/acts/types.ts";
import type { EnvironmentConfig } from "../../src/core/config/types.ts";
import { SlipwayError } from "../../src/core/errors.ts";
import { aConfig, environmentOf } from "../builders/a-config.ts";
import { aPlan } from "../builders/a-plan.ts";
import { aRelease } from "../builders/a-release.ts";
import { anIdentity } from "../builders/an-approval.ts";
import { FakeClock } from "../fakes/fake-clock.ts";
import { FakeLedger } from "../fakes/fake-ledger.ts";

const AUTHOR = "git:c@example.com";
const PLAN = aPlan({ release: { ...aPlan().release, author: AUTHOR } });
const BASE = aConfig();
const STAGING: EnvironmentConfig = {
  ...environmentOf(BASE),
  name: "staging",
  cloud: "aws",
  policy: {
    ...environmentOf(BASE).policy,
    approvals: { roles: { "qa-lead": 1, "tech-lead": 1 }, expireHours: 24 },
  },
};
const CONFIG = {
  ...BASE,
  environments: { ...BASE.environments, staging: STAGING },
  people: {
    "person-a": { name: "Person A", identities: ["github:1"] },
    "person-b": { name: "Person B", identities: ["github:2"] },
    "person-c": { name: "Person C", identities: ["github:3", AUTHOR] },
  },
  roles: { "qa-lead": ["person-a", "person-c"], "tech-lead": ["person-b"] },
};

let clock: FakeClock;
let ledger: FakeLedger;
let who: string;
let challenges: string[];
let ports: ActPorts;
beforeEach(() => {
  clock = new FakeClock();
  ledger = new FakeLedger(clock);
  who = "github:1";
  challenges = [];
  let ids = 0;
  ports = {
    journal: ledger,
    gatekeeping: ledger.gatekeeping,
    leases: ledger,
    approverOf: () => ({
      prove: (challenge) => {
        challenges.push(challenge);
        return Promise.resolve(anIdentity({ subject: who }));
      },
    }),
    newId: (letter) => `${letter}-${++ids}`,
    canonicalize: (value) => canonicalize(value) ?? "",
  };
});

const sign = (role = "qa-lead", meaning: Meaning = "approved", reason = "tested by hand") =>
  approve({ config: CONFIG, environment: STAGING, plan: PLAN, role, meaning, reason }, ports);
const given = () => ledger.gatekeeping.approvals(PLAN.app, PLAN.environment, PLAN.release.sha256);
const codes = (answer: { kind: "done" } | Refused) =>
  answer.kind === "refused" ? [answer.exit, ...answer.problems.map(({ code }) => code)] : ["done"];
const saysOf = (answer: { kind: "done" } | Refused) =>
  answer.kind === "refused" ? answer.problems.map(({ says }) => says) : [];

describe("an approval", () => {
  test("is given for the plan, its release and its environment, and is good for as long as the policy says", async () => {
    const answer = await sign();

    expect(answer.kind).toBe("done");
    expect(await given()).toEqual([
      {
        id: "a-1",
        subject: {
          app: "diary",
          env: "staging",
          releaseSha256: PLAN.release.sha256,
          planSha256: PLAN.fingerprint,
        },
        role: "qa-lead",
        person: "person-a",
        printedName: "Person A",
        meaning: "approved",
        reason: "tested by hand",
        identity: anIdentity(),
        at: clock.now(),
        expiresAt: clock.now() + 24 * 3_600_000,
        revoked: false,
        usedBy: undefined,
      },
    ]);
  });

  test("puts on record who signed what, with the name, the meaning and all that was shown", async () => {
    await sign();

    expect(ledger.appended).toHaveLength(1);
    expect(ledger.appended[0]).toMatchObject({
      type: "act",
      deploymentId: "a-1",
      outcome: "done",
      fence: null,
      actor: "github:1",
      data: {
        act: "approve",
        person: "person-a",
        printedName: "Person A",
        role: "qa-lead",
        meaning: "approved",
        reason: "tested by hand",
        signed: PLAN,
      },
    });
  });

  test("is signed over its own id, so that the signature fits no other", async () => {
    await sign();
    await sign();

    expect(challenges[0]).toContain('"id":"a-1"');
    expect(challenges[1]).not.toBe(challenges[0]);
  });

  test("is refused to the author, to who signed already and outside the role; the record says so", async () => {
    who = "github:3";
    const own = await sign();
    who = "github:1";
    await sign();
    const twice = await sign("tech-lead");

    expect(saysOf(own)).toEqual(["person-c wrote the release, and nobody approves their own work"]);
    expect(saysOf(twice)).toEqual([
      "person-a is not in the role tech-lead",
      "person-a has signed already, as qa-lead (a-2); one person counts once",
    ]);
    expect(ledger.appended.map(({ outcome }) => outcome)).toEqual(["refused", "done", "refused"]);
    expect(await given()).toHaveLength(1);
  });

  test("with a reason that is none asks nobody and writes nothing", async () => {
    expect(codes(await sign("qa-lead", "approved", "a\nforged: line"))).toEqual(["usage", "ACT_TEXT"]);
    expect([challenges, ledger.appended]).toEqual([[], []]);
  });

  test("is not given when the ledger does not answer", async () => {
    ledger.unreachableFrom = 1;

    await expect(sign()).rejects.toThrow(SlipwayError);
  });

  test("is gone once it is taken back, by whichever of the config's people", async () => {
    await sign();
    who = "github:2";
    const answer = await revoke({ config: CONFIG, approvalId: "a-1", reason: "found a bug" }, ports);

    expect(answer).toEqual({ kind: "done", approvalId: "a-1", env: "staging" });
    expect(await given()).toEqual([]);
    who = "github:1";
    expect((await sign()).kind).toBe("done");
  });

  test("is not taken back by a stranger, nor when there is none of that id", async () => {
    await sign();
    who = "github:9";

    expect(codes(await revoke({ config: CONFIG, approvalId: "a-1", reason: "x" }, ports))).toEqual([
      "gateClosed",
      "ACT_REFUSED",
    ]);
    expect(codes(await revoke({ config: CONFIG, approvalId: "a-7", reason: "x" }, ports))).toEqual([
      "usage",
      "APPROVAL_UNKNOWN",
    ]);
    expect(await given()).toHaveLength(1);
  });

  test("is listed with the ledger's clock", async () => {
    await sign();
    const request = { app: "diary", env: "staging", releaseSha256: PLAN.release.sha256 };

    expect(await approvals(request, ledger.gatekeeping)).toEqual({
      now: clock.now(),
      approvals: await given(),
    });
  });
});

describe("a hold", () => {
  const set = () => hold({ config: CONFIG, environment: STAGING, reason: "incident" }, ports);
  const release = (holdId: string) =>
    releaseHold({ config: CONFIG, environment: STAGING, holdId, reason: "mended" }, ports);
  const open = () => ledger.gatekeeping.holds("diary", "staging");

  test("is set by anybody, and released by one of the config's people", async () => {
    who = "github:9";
    expect(await set()).toMatchObject({ kind: "done", holdId: "h-1", by: "github:9" });
    expect(codes(await release("h-1"))).toEqual(["gateClosed", "ACT_REFUSED"]);
    expect(await open()).toHaveLength(1);

    who = "github:1";
    expect((await release("h-1")).kind).toBe("done");
    expect(await open()).toEqual([]);
  });

  test("is released by its id alone", async () => {
    await set();
    const answer = await release("h-7");

    expect(codes(answer)).toEqual(["usage", "HOLD_UNKNOWN"]);
    expect(answer.kind === "refused" && answer.problems[0]?.hint).toBe("those that hold it: h-1");
  });
});

describe("a lease", () => {
  const take = () =>
    ledger.take({
      app: "diary",
      env: "staging",
      holder: "person-b on host, process 7",
      purpose: "deploy sha-1a2b3c4",
      lifetimeSeconds: 20,
    });
  const free = (fence: number) =>
    unlock({ config: CONFIG, environment: STAGING, fence, reason: "the machine is gone" }, ports);

  test("is freed by its very fence, and the answer says who held it", async () => {
    const { lease } = (await take()) as { lease: { fence: number } };
    const answer = await free(lease.fence);

    expect(answer).toMatchObject({
      kind: "done",
      was: { fence: lease.fence, holder: "person-b on host, process 7", purpose: "deploy sha-1a2b3c4" },
    });
    expect(await ledger.current("diary", "staging")).toBeUndefined();
    expect(ledger.appended.at(-1)).toMatchObject({ data: { act: "unlock", reason: "the machine is gone" } });
  });

  test("stays with its holder when another fence is given, or a stranger asks", async () => {
    const { lease } = (await take()) as { lease: { fence: number } };
    expect(codes(await free(lease.fence + 1))).toEqual(["usage", "LEASE_DIFFERS"]);
    who = "github:9";
    expect(codes(await free(lease.fence))).toEqual(["gateClosed", "ACT_REFUSED"]);

    expect(await ledger.current("diary", "staging")).toMatchObject({ fence: lease.fence });
  });

  test("that nobody holds needs no unlocking", async () => {
    expect(codes(await free(1))).toEqual(["usage", "LEASE_FREE"]);
  });
});

describe("a review that is due", () => {
  const close = (reviewId = "r-1") =>
    closeReview({ config: CONFIG, reviewId, finding: "it was needed" }, ports);

  beforeEach(async () => {
    const answer = await ledger.take({
      app: "diary",
      env: "staging",
      holder: "x",
      purpose: "deploy",
      lifetimeSeconds: 20,
    });
    if (answer.kind !== "taken") throw new Error("held");
    await ledger.append(
      {
        type: "deployment",
        app: "diary",
        env: "staging",
        deploymentId: "d-1",
        step: undefined,
        attempt: 1,
        phase: "intent",
        outcome: undefined,
        fence: answer.lease.fence,
        actor: "arn:aws:sts::123456789012:assumed-role/deployer/run-42",
        data: { ciActor: "github:3" },
      },
      [
        { kind: "begin", purpose: "deploy", release: aRelease() },
        { kind: "review-due", reviewId: "r-1", because: "production was down", by: "person-b" },
      ],
    );
  });

  test("is closed with what was found, by somebody else", async () => {
    expect(await close()).toMatchObject({
      kind: "done",
      env: "staging",
      review: { id: "r-1", by: "person-b" },
    });
    expect(await ledger.gatekeeping.reviews("diary", "staging")).toEqual([]);
  });

  test("is not closed by who broke the glass, nor by who answered for it, nor by a stranger", async () => {
    who = "github:2";
    expect(saysOf(await close())).toEqual([
      "person-b had a part in breaking the glass, and nobody reviews their own act",
    ]);
    who = "github:3";
    expect(saysOf(await close())).toEqual([
      "person-c had a part in breaking the glass, and nobody reviews their own act",
    ]);
    who = "github:9";
    expect(codes(await close())).toEqual(["gateClosed", "ACT_REFUSED"]);

    expect(await ledger.gatekeeping.reviews("diary", "staging")).toHaveLength(1);
  });

  test("has to be there", async () => {
    expect(codes(await close("r-7"))).toEqual(["usage", "REVIEW_UNKNOWN"]);
  });
});

test("what people clicked in the CI is on record and counts for nothing", async () => {
  const clicked = {
    state: "approved",
    environments: ["staging"],
    comment: "go",
    by: "github:2",
    shownName: "person-b-login",
  } as const;
  const answer = await importApprovals(
    { config: CONFIG, environment: STAGING, run: "example/diary/42" },
    { ...ports, runApprovals: { of: () => Promise.resolve([clicked]) } },
  );

  expect(answer).toEqual({ kind: "done", id: "i-1", imported: [clicked] });
  expect(ledger.appended[0]).toMatchObject({ data: { act: "import-approvals", imported: [clicked] } });
  expect(await given()).toEqual([]);
});
