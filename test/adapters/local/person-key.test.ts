import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createPersonKey, personKeyApprover } from "../../../src/adapters/local/person-key.ts";
import { proofTools } from "../../../src/adapters/local/proof-tools.ts";
import { challengeOf } from "../../../src/core/acts/challenge.ts";
import { proofFault } from "../../../src/core/acts/check-proof.ts";
import type { Approval } from "../../../src/core/acts/types.ts";
import { SlipwayError } from "../../../src/core/errors.ts";
import { anApproval } from "../../builders/an-approval.ts";

let state: string;
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), "slipway keys "));
});
afterEach(() => {
  rmSync(state, { recursive: true, force: true });
});

const keyOf = (person: string) => join(state, "people", `${person}.pem`);

async function refusal(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return error instanceof SlipwayError ? error.message : `not refused: ${String(error)}`;
}

describe("a person's key", () => {
  test("is a file that only its owner may read, in a folder of that kind, and its identity a hash", async () => {
    const identity = await createPersonKey(state, "person-a");

    expect(identity).toMatch(/^local:[0-9a-f]{64}$/);
    expect(statSync(keyOf("person-a")).mode & 0o777).toBe(0o600);
    expect(statSync(join(state, "people")).mode & 0o777).toBe(0o700);
  });

  test("is never written over", async () => {
    await createPersonKey(state, "person-a");
    const before = readFileSync(keyOf("person-a"), "utf8");

    expect(await refusal(createPersonKey(state, "person-a"))).toBe(
      "people: there is a key for person-a already (use it, or move its file away first)",
    );
    expect(readFileSync(keyOf("person-a"), "utf8")).toBe(before);
  });

  test.each(["../person", "a/b", "", "A", "a\0b", "a\nb", ".", "-a"])(
    "is not made for %j",
    async (person) => {
      expect(await refusal(createPersonKey(state, person))).toMatch(/is no name of a person/);
    },
  );

  test("signs as whoever it was made for", async () => {
    const identity = await createPersonKey(state, "person-a");
    await createPersonKey(state, "person-b");
    const proven = await personKeyApprover(state, "person-a").prove("hello");

    expect(proven).toMatchObject({ issuer: "local", subject: identity, method: "ed25519" });
  });

  test("is taken without a name when it is the only one, and named when it is not", async () => {
    expect(await refusal(personKeyApprover(state, undefined).prove("x"))).toBe(
      "people: nobody has a key here (make one with `slipway keys create --person=<key in the config>`)",
    );
    const identity = await createPersonKey(state, "person-a");
    expect((await personKeyApprover(state, undefined).prove("x")).subject).toBe(identity);

    await createPersonKey(state, "person-b");
    expect(await refusal(personKeyApprover(state, undefined).prove("x"))).toBe(
      "people: several people have a key here: person-a, person-b (say whose to use with --person=<name>)",
    );
  });

  test("that others may read is no proof", async () => {
    await createPersonKey(state, "person-a");
    chmodSync(keyOf("person-a"), 0o640);

    expect(await refusal(personKeyApprover(state, "person-a").prove("x"))).toBe(
      "people: others may read person-a's key (mode 640) (make a new key; this one is no proof any more)",
    );
  });

  test("that is none is refused without a word of what the file holds", async () => {
    mkdirSync(join(state, "people"));
    writeFileSync(keyOf("person-a"), "planted-secret", { mode: 0o600 });

    expect(await refusal(personKeyApprover(state, "person-a").prove("x"))).toBe(
      "people: person-a's key file holds no Ed25519 key (make a new one with `slipway keys create`)",
    );
  });

  test("is not followed to another place", async () => {
    await createPersonKey(state, "person-a");
    symlinkSync(keyOf("person-a"), keyOf("person-b"));

    await expect(personKeyApprover(state, "person-b").prove("x")).rejects.toThrow(/ELOOP/);
  });
});

describe("an approval that a key signed", () => {
  async function signed(): Promise<Approval> {
    await createPersonKey(state, "person-a");
    const { id, subject, role, meaning, reason } = anApproval();
    const challenge = challengeOf(
      { act: "approve", id, subject, role, meaning, reason },
      proofTools.canonicalize,
    );
    return anApproval({ identity: await personKeyApprover(state, "person-a").prove(challenge) });
  }

  test("is borne out by its signature, also after a trip through JSON", async () => {
    const approval: Approval = JSON.parse(JSON.stringify(await signed()));

    expect(proofFault(approval, proofTools)).toBeUndefined();
  });

  test.each<[string, Partial<Approval>]>([
    ["another id", { id: "a-2" }],
    ["another role", { role: "tech-lead" }],
    ["another meaning", { meaning: "released" }],
    ["another reason", { reason: "none" }],
    ["another plan", { subject: { ...anApproval().subject, planSha256: "8".repeat(64) } }],
    ["another environment", { subject: { ...anApproval().subject, env: "production" } }],
  ])("is not what its key signed once it has %s", async (_what, changes) => {
    const approval = { ...(await signed()), ...changes };

    expect(proofFault(approval, proofTools)).toBe(`${approval.id} is not what its key signed`);
  });

  test("cannot be given to another key", async () => {
    const approval = await signed();
    const other = await createPersonKey(state, "person-b");

    expect(proofFault({ ...approval, identity: { ...approval.identity, subject: other } }, proofTools)).toBe(
      "a-1 shows another key than its own",
    );
  });

  test("without the signature, or with noise for one, is not borne out", async () => {
    const approval = await signed();
    const { proof, ...bare } = approval.identity;

    expect(proofFault({ ...approval, identity: bare }, proofTools)).toBe("a-1 has no signature of its key");
    const noisy = { ...approval.identity, proof: { publicKey: proof?.publicKey ?? "", signature: "noise" } };
    expect(proofFault({ ...approval, identity: noisy }, proofTools)).toBe("a-1 is not what its key signed");
  });
});

test("an approval that no key signed has nothing to check", () => {
  expect(proofFault(anApproval(), proofTools)).toBeUndefined();
});
