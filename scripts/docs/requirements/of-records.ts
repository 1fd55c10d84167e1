import type { Requirement } from "./requirement.ts";

/** 21 CFR 11.10, controls for closed systems. */
export const OF_RECORDS: readonly Requirement[] = [
  {
    clause: "21 CFR 11.10(a)",
    asks: "The system is validated; invalid or altered records can be told.",
    slipway:
      "`audit verify` finds every alteration of the ledger and names the first bad record and what was done to it. It is tested with thousands of random tamperings, also by a superuser of a real Postgres. A second verifier, in Python, gives the same answers.",
    yours: "Validate Slipway for your use and keep the report. Run the verification on a schedule.",
    tests: {
      "test/tampering/campaign.sweep.test.ts": [
        "all of … tamperings are found and named, and none of … honest ledgers is accused",
      ],
      "test/tampering/in-postgres.real.test.ts": [
        "each kind of tampering with a real ledger is found and named, by the verifier that people use",
      ],
      "test/tampering/verify-ledger-py.real.test.ts": [
        "the second verifier, in Python, says what ours says › of honest ledgers",
      ],
      "test/faults/oracle/judge.test.ts": ["each rule can be broken › and each one is"],
    },
    evidence: ["`slipway audit verify`", "`npm run fault`", "`node test/tampering/campaign.ts`"],
  },
  {
    clause: "21 CFR 11.10(b)",
    asks: "Accurate and complete copies, readable by people and by machines.",
    slipway:
      "`audit export` writes every record as JSON lines and as a page for reading, with checkpoints and keys; it is verified without the ledger. `evidence` does the same for one deployment.",
    yours: "Hand the trusted keys and the anchors over by another way than the copy.",
    tests: {
      "test/cli/audit-files.real.test.ts": [
        "export › writes a folder that is verified without the ledger, and never over another",
        "export › shows what was changed in it",
      ],
      "test/cli/part-11.real.test.ts": [
        "each page of the evidence shows a signature's printed name, time and meaning, and both verify",
      ],
    },
    evidence: [
      "`records.jsonl` and `records.html` of an export",
      "`deployment.html` and `proof.json` of an evidence archive",
    ],
  },
  {
    clause: "21 CFR 11.10(c)",
    asks: "Records are protected and can be retrieved readily for as long as they are kept.",
    slipway:
      "Checkpoints are held at the anchors for `ledger.retentionYears` (7) and cannot be deleted before, where the anchor is S3 Object Lock in compliance mode. The date is only ever moved to later. Reading one deployment stays quick in a ledger of a million records (`npm run bench`).",
    yours: "Back up the ledger's database and try the restore. Keep exports in storage that answers at once.",
    tests: {
      "test/adapters/anchors/s3-anchor.real.test.ts": [
        "a checkpoint is one version in compliance mode, its date later with each call and never earlier",
        "a marker that hides a checkpoint or document hides it from nobody here",
      ],
      "test/actions/anchor.test.ts": [
        "records are kept outside for the years that the config says, from now on",
      ],
    },
    evidence: ["checkpoints at the anchor", "`slipway audit export`"],
  },
  {
    clause: "21 CFR 11.10(d)",
    asks: "Only authorised people have access.",
    slipway:
      "Each change of an environment needs an identity that the platform proves and the right account and region. Approvals need a role. The ledger has a role that may only append and one that may only read.",
    yours:
      "Decide who gets which cloud role and which database role, and review it. Protect the branch that holds the config.",
    tests: {
      "test/actions/deploy.test.ts": [
        "what is missing is found before anything moves › credentials of another account",
        "what is missing is found before anything moves › credentials of another region",
      ],
      "test/adapters/postgres/ensure-ledger.real.test.ts": [
        "lets a writer append and lease and nothing else, and a reader only read",
      ],
    },
    evidence: [
      "`actor`, `account` and `region` of a deployment's first record",
      "acts with the outcome `refused`",
    ],
  },
  {
    clause: "21 CFR 11.10(e)",
    asks: "A secure trail that the computer writes and dates, independent of the operator; a change hides nothing earlier; kept as long as the records.",
    slipway:
      "The database gives each record its time and its place. Each step has a record before it and one after it, with what was there before and after. Nothing is changed later, and the database refuses to; a correction is a new record.",
    yours: "Keep the ledger's owner role away from those who deploy. Keep the database's clock right.",
    tests: {
      "test/cli/part-11.real.test.ts": [
        "the ledger of a deployment holds who, from where, when, what, who signed, how it went and how long it took",
      ],
      "test/actions/records.test.ts": [
        "the records of a deployment say who, from where, what, what came of it, and how long each part took",
      ],
      "test/adapters/postgres/ledger-journal.real.test.ts": [
        "refuses every change of what is written, also where triggers are for replicas only",
        "loses no acknowledged record and makes none twice when backends are killed while it appends",
      ],
    },
    evidence: ["`slipway audit show --deployment=<id>`", "`deployment.html` of an evidence archive"],
  },
  {
    clause: "21 CFR 11.10(f)",
    asks: "Steps happen in the permitted order.",
    slipway:
      "A deployment passes its gates before it changes anything, and some of them again before each step that cannot be undone. The database takes a record only from whoever holds the environment. A release goes on only after it passed the environment before.",
    yours: "Set windows, rate, promotion and approvals in the config as your procedure says.",
    tests: {
      "test/actions/gates.test.ts": [
        "a closed gate › lets nothing in: exit 10, the reason told and recorded, nothing changed",
        "before an irreversible step the gates are asked again › a hold placed before the migrations leaves everything as it was: exit 10",
      ],
      "test/core/gates/promotion.test.ts": ["one that staging has not had is told where to go first"],
      "test/adapters/postgres/ledger-journal.real.test.ts": [
        "refuses a stale fence, a fence nobody was given, and one that was given back",
      ],
    },
    evidence: ["the records of the step `gates`: each gate with its rule and its reasons", "`slipway plan`"],
  },
  {
    clause: "21 CFR 11.10(g)",
    asks: "Authority is checked: who may use the system, sign, alter a record.",
    slipway:
      "A role is checked when somebody signs and again at the gate, against the config that is deployed; its hash is on record. Whoever wrote the release or triggers it does not count. Refusals are recorded.",
    yours: "Review changes of people, roles and policy as you review code.",
    tests: {
      "test/actions/acts.test.ts": [
        "an approval › is refused to the author, to who signed already and outside the role; the record says so",
      ],
      "test/core/gates/approvals.test.ts": [
        "with an approval for each role it is open, and they are used up",
        "of … bad approvals none is accepted, alone or together",
      ],
      "test/actions/gates.test.ts": [
        "approvals › of whoever triggers do not count, also when the CI says who that is",
      ],
    },
    evidence: ["`policySha256` and `approvals` of a deployment's first record", "`slipway approvals`"],
  },
  {
    clause: "21 CFR 11.10(h)",
    asks: "The source of an instruction is checked, where that matters.",
    slipway:
      "A run of GitHub Actions is believed by its signed token only: issuer, audience, time, repository, and that a person began it. Its claims are kept. A server that only poses as AWS is not believed outside practice.",
    yours: "Decide which repositories and cloud roles may deploy; restrict the trust policy to them.",
    tests: {
      "test/adapters/github/github.real.test.ts": [
        "a token of GitHub Actions › says who began the run, in which repository, and its claims are kept",
        "a token of GitHub Actions › is refused when another key signed it, under the issuer's key id or its own",
      ],
      "test/adapters/aws/sts-approver.real.test.ts": [
        "a server that is not AWS is not believed outside practice",
      ],
    },
    evidence: ["`identity` of an approval", "`host`, `runLink` and `ciActor` of a deployment's first record"],
  },
  {
    clause: "21 CFR 11.10(k)",
    asks: "Documents about the system are controlled, with a history of their changes.",
    slipway:
      "Config and policy are files of the repository. Their hashes are on record with each deployment, and a release is deployed only with the config that it was built with.",
    yours: "Keep your procedures and Slipway's docs under version control, with review.",
    tests: {
      "test/actions/gates.test.ts": [
        "a release that was built with another config is refused, with what to do",
      ],
      "test/cli/deploy.real.test.ts": [
        "what is wrong is said before anything moves › a config that is not the one the release was built with",
      ],
    },
    evidence: [
      "`configSha256`, `policySha256` and `tool` of a deployment's first record",
      "`release.json` of an evidence archive",
    ],
  },
];
