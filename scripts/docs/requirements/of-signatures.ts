import type { Requirement } from "./requirement.ts";

/** 21 CFR 11.50 to 11.300, electronic signatures. */
export const OF_SIGNATURES: readonly Requirement[] = [
  {
    clause: "21 CFR 11.50",
    asks: "A signed record shows the printed name, the time and the meaning, in every form that people read.",
    slipway:
      "All three are in the record, in `slipway approvals`, in the page of an export and in the page of the evidence. The time is the database's.",
    yours: "Write names into `people` as your people sign.",
    tests: {
      "test/cli/part-11.real.test.ts": [
        "each page of the evidence shows a signature's printed name, time and meaning, and both verify",
      ],
      "test/core/acts/describe.test.ts": [
        "a signature is shown with its printed name, its time and its meaning, and with what became of it",
      ],
    },
    evidence: ["`approvals.json` and `deployment.html` of an evidence archive", "`slipway approvals`"],
  },
  {
    clause: "21 CFR 11.70",
    asks: "A signature cannot be cut out, copied or moved to another record.",
    slipway:
      "It is bound to an id of its own, the app, the environment, the release and the plan by hash, and it stands in the chained ledger. It is good for one deployment. One that a key made covers the text itself.",
    yours: "Keep the ledger's anchors out of the hands of whoever owns its database.",
    tests: {
      "test/cli/part-11.real.test.ts": [
        "a signature lets the deployment go that it was given for, once, and no other",
      ],
      "test/adapters/local/person-key.test.ts": [
        "an approval that a key signed › cannot be given to another key",
      ],
      "test/actions/acts.test.ts": [
        "an approval › is signed over its own id, so that the signature fits no other",
      ],
      "test/actions/gates.test.ts": ["approvals › are good for one deployment"],
    },
    evidence: ["`subject` and `signed` of the act `approve`", "`proof.json` of an evidence archive"],
  },
  {
    clause: "21 CFR 11.100",
    asks: "A signature is one person's, is never given to another, and the person was identified.",
    slipway:
      "An identity is what a provider never gives to another: an account number or a unique id, not a login. One identity cannot belong to two people, and one person counts once, however many identities they have.",
    yours:
      "Verify who somebody is before you add them. Never hand an account on. Send the letter of certification to the FDA.",
    tests: {
      "test/adapters/github/github.real.test.ts": [
        "a personal token › says whose it is, by a number that is never given to another",
      ],
      "test/core/acts/person-of.test.ts": [
        "an identity › that happens to be the key of another person is not that person",
      ],
      "test/core/acts/aws-caller.test.ts": [
        "AWS's answer › speaks for a role, never for the session that its user named",
      ],
      "test/core/gates/approvals.test.ts": ["one person counts once › not for two roles"],
    },
    evidence: ["`identity` of an approval: issuer, subject, method, proof"],
  },
  {
    clause: "21 CFR 11.200",
    asks: "Two components of identification, all of them at the first signing of a session, one at each later one.",
    slipway: "Nothing of its own. It takes the word of GitHub, of AWS or of a key.",
    yours:
      "Demand a second factor there, short sessions, and a fresh log-in before somebody signs. A team that needs the clause in full signs through an identity provider that asks again for each signature.",
    tests: {},
    evidence: ["the settings of your identity provider"],
    onlyYours: "no provider tells Slipway when and how somebody last showed who they are",
  },
  {
    clause: "21 CFR 11.300",
    asks: "Codes and passwords are unique, checked, recalled when lost; misuse is noticed.",
    slipway:
      "A practice key is made for one person, is never written over, is refused when others may read it and is never shown. Tokens are sent to their provider alone and are in no output. Removing an identity from the config voids what it signed for the next plan. Refusals are recorded.",
    yours: "Passwords, tokens and keys at GitHub and AWS: their rules, recall and alarms.",
    tests: {
      "test/adapters/local/person-key.test.ts": [
        "a person's key › is never written over",
        "a person's key › that others may read is no proof",
      ],
      "test/adapters/github/github.real.test.ts": [
        "a personal token › is never repeated, whatever goes wrong with it",
      ],
    },
    evidence: ["acts with the outcome `refused`"],
  },
];
