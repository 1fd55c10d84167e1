import { describe, expect, test } from "vitest";
import { readAwsCaller } from "../../../src/core/acts/aws-caller.ts";

const USER = "arn:aws:iam::123456789012:user/people/a";
const ROLE = "arn:aws:sts::123456789012:assumed-role/release-managers";

describe("AWS's answer", () => {
  test("speaks for a user", () => {
    expect(readAwsCaller(USER, "AIDAEXAMPLE")).toEqual({
      kind: "identity",
      identity: {
        issuer: "aws",
        subject: USER,
        uniqueId: "aws:AIDAEXAMPLE",
        method: "sts",
        shownName: undefined,
        authTime: undefined,
        claims: { arn: USER, userId: "AIDAEXAMPLE" },
      },
    });
  });

  test("speaks for a role, never for the session that its user named", () => {
    const arn = `${ROLE}/the-boss@example.com`;

    expect(readAwsCaller(arn, "AROAEXAMPLE:the-boss@example.com")).toEqual({
      kind: "identity",
      identity: {
        issuer: "aws",
        subject: ROLE,
        uniqueId: "aws:AROAEXAMPLE",
        method: "sts",
        shownName: undefined,
        authTime: undefined,
        claims: { arn, userId: "AROAEXAMPLE:the-boss@example.com", session: "the-boss@example.com" },
      },
    });
  });

  test.each([
    ["arn:aws:iam::123456789012:root", "the account's root user is nobody in particular"],
    [
      "arn:aws:sts::123456789012:federated-user/a",
      '"arn:aws:sts::123456789012:federated-user/a" is neither a user nor a role',
    ],
    ["", '"" is neither a user nor a role'],
    [`${USER}\nx`, `"${USER}\\nx" is neither a user nor a role`],
  ])("%j speaks for nobody", (arn, says) => {
    expect(readAwsCaller(arn, "123456789012")).toMatchObject({ kind: "refused", says });
  });
});
