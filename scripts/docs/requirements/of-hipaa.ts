import type { Requirement } from "./requirement.ts";

/** 45 CFR part 164, as far as a deployment touches it. */
export const OF_HIPAA: readonly Requirement[] = [
  {
    clause: "45 CFR 164.312(a)(2)(i)",
    asks: "Each user has a unique name or number by which they are tracked.",
    slipway:
      "Every record names an identity that the platform proved, and a person's acts name the person as well. An identity that is in nobody's list signs nothing.",
    yours: "Give nobody a shared account. A role that several people may assume stands for nobody.",
    tests: {
      "test/core/acts/who-may-sign.test.ts": [
        "somebody may not sign › under any name that is not one of the config's identities, letter for letter",
      ],
      "test/cli/part-11.real.test.ts": [
        "the ledger of a deployment holds who, from where, when, what, who signed, how it went and how long it took",
      ],
    },
    evidence: ["`actor` of every record", "`person` and `identity` of every act"],
  },
  {
    clause: "45 CFR 164.312(b)",
    asks: "Activity is recorded, and the record is examined.",
    slipway:
      "What Slipway does is recorded, also what it refused. `status` shows holds, reviews that are due, deployments without an end and records that no checkpoint covers. A broken glass leaves a review that only somebody else may close.",
    yours:
      "Examine the ledger on a schedule and keep the result. What happens outside of Slipway is for CloudTrail.",
    tests: {
      "test/actions/gates.test.ts": [
        "breaking the glass › skips what it may, is recorded with the reason, and leaves a review behind",
      ],
      "test/actions/acts.test.ts": [
        "a review that is due › is not closed by who broke the glass, nor by who answered for it, nor by a stranger",
      ],
      "test/actions/anchor.test.ts": ["an anchor that does not answer › shows in the status"],
    },
    evidence: ["`slipway status`", "the acts `close-review`", "`slipway audit show`"],
  },
  {
    clause: "45 CFR 164.312(c)",
    asks: "Records are protected from improper change, and it can be shown that they were not changed.",
    slipway:
      "The ledger is chained, its head is signed, and the signed heads lie outside of its database before success is reported. `audit verify` compares them, offline as well.",
    yours: "Keep signing key, anchors and database with different people. The data of your app is yours.",
    tests: {
      "test/cli/audit-files.real.test.ts": [
        "verify › finds a history that was written anew, also when the ledger forgot its checkpoints",
      ],
      "test/actions/anchor.test.ts": [
        "an anchor that does not answer › makes no success of a deployment: exit 41, the release runs, and the next run proves it",
      ],
      "test/adapters/postgres/ledger-tampering.real.test.ts": [
        "finds each of … random tamperings by a superuser who switched the triggers off",
      ],
    },
    evidence: ["`slipway audit verify --anchors=<place>`", "`checkpoint.note` of an evidence archive"],
  },
  {
    clause: "45 CFR 164.316(b)",
    asks: "Written records of what was required and done; kept six years from when they were made or were last in effect, whichever is later.",
    slipway:
      "Retention counts from the later of both and is seven years unless you say more. `audit extend-retention` holds what still runs for the full time from now.",
    yours: "Run `slipway audit extend-retention` once a day. Keep your own policies and procedures as long.",
    tests: {
      "test/actions/extend-retention.test.ts": [
        "holds what covers a running release's records for seven years from now, and nothing else",
        "never moves a date back, also when the database's clock is behind",
      ],
      "test/core/ledger/retention.test.ts": [
        "it ends exactly so many years later, whichever of both times is the later",
      ],
    },
    evidence: ["the retention dates at the anchor", "`slipway audit extend-retention`"],
  },
];
