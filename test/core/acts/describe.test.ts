import * as fc from "fast-check";
import { expect, test } from "vitest";
import { describeApproval } from "../../../src/core/acts/describe-approval.ts";
import { describeSigning } from "../../../src/core/acts/describe-signing.ts";
import { aPlan } from "../../builders/a-plan.ts";
import { anApproval } from "../../builders/an-approval.ts";

const HOSTILE = "ok\u001b[2J\r\nslipway: approved\u202E";

test("who signs sees all that the signature covers", async () => {
  const plan = aPlan({ release: { ...aPlan().release, author: "git:person-c@example.com" } });
  const text = describeSigning({ plan, role: "qa-lead", meaning: "approved", reason: "tested by hand" });

  await expect(`${text}\n`).toMatchFileSnapshot("../../golden/acts/signing.txt");
});

test("who signs a first deployment sees that there is no way back", async () => {
  const plan = aPlan({ wayBack: null, worstRollbackSeconds: null, migrations: { applied: 0, pending: [] } });
  const text = describeSigning({ plan, role: "tech-lead", meaning: "break-glass", reason: HOSTILE });

  await expect(`${text}\n`).toMatchFileSnapshot("../../golden/acts/signing-without-a-way-back.txt");
});

test("a signature is shown with its printed name, its time and its meaning, and with what became of it", async () => {
  const { at, expiresAt } = anApproval();
  const texts = [
    anApproval(),
    anApproval({ id: "a-2", revoked: true, meaning: "reviewed" }),
    anApproval({ id: "a-3", usedBy: "d-7", meaning: "released" }),
    anApproval({ id: "a-4", expiresAt: at + 5, meaning: "break-glass" }),
    anApproval({ id: "a-5", printedName: HOSTILE, reason: HOSTILE }),
  ].map((approval) => describeApproval(approval, expiresAt - 1));

  await expect(`${texts.join("\n")}\n`).toMatchFileSnapshot("../../golden/acts/approvals.txt");
});

test("nothing that a stranger chose ends a line or moves the cursor", () => {
  const { at } = anApproval();
  const hostile = fc.string({ unit: "binary", maxLength: 400 });
  fc.assert(
    fc.property(hostile, hostile, hostile, (name, reason, author) => {
      const plan = aPlan({ release: { ...aPlan().release, author } });
      const signing = describeSigning({ plan, role: name, meaning: "approved", reason }).split("\n");
      const approval = anApproval({ printedName: name, person: author, reason });
      const shown = describeApproval(approval, at).split("\n");

      expect([signing.length, shown.length]).toEqual([14, 4]);
      for (const line of [...signing, ...shown])
        expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
    }),
    { numRuns: 2000 },
  );
});
