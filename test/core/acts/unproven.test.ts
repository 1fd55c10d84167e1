import { expect, test } from "vitest";
import { proofTools } from "../../../src/adapters/local/proof-tools.ts";
import { unprovenAmong } from "../../../src/core/acts/check-proof.ts";
import { countApprovals } from "../../../src/core/gates/approvals.ts";
import { aGateFacts, anApproval } from "../../builders/a-gate-facts.ts";

const signed = anApproval({ person: "person-b", role: "qa-lead" });
const forged = { ...signed, identity: { ...signed.identity, issuer: "local" as const } };

test("an approval that its key did not sign counts at no gate, and the gate says why", () => {
  const approvals = [anApproval(), forged];
  const unproven = unprovenAmong(approvals, proofTools);
  const { counted, ignored } = countApprovals(aGateFacts({ approvals, unproven }));

  expect(unproven).toEqual({ "a-person-b": "a-person-b has no signature of its key" });
  expect(counted.map(({ id }) => id)).toEqual(["a-person-a"]);
  expect(ignored).toEqual([{ approval: forged, because: ["a-person-b has no signature of its key"] }]);
});
