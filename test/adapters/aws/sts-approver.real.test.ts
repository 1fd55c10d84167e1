import { AssumeRoleCommand } from "@aws-sdk/client-sts";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { CloudAccess } from "../../../src/adapters/aws/client-settings.ts";
import { stsApprover } from "../../../src/adapters/aws/sts-approver.ts";
import { practiceCloud, type PracticeCloud } from "../../cloud/practice-cloud.ts";

let cloud: PracticeCloud;
beforeEach(async () => {
  cloud = await practiceCloud();
});
afterEach(() => cloud.close());

const access = (accessKeyId: string, secretAccessKey = "slipway"): CloudAccess => ({
  region: "us-east-1",
  endpoint: cloud.cloud.endpoint,
  credentials: { accessKeyId, secretAccessKey },
});

test("a user is who AWS says", async () => {
  const proven = await stsApprover(access("AKIAPERSONA"), { practice: true }).prove("unused");

  expect(proven).toMatchObject({
    issuer: "aws",
    subject: "arn:aws:iam::000000000000:user/AKIAPERSONA",
    method: "sts",
  });
});

test("whoever assumed a role is the role, whatever they called themselves", async () => {
  const { Credentials: credentials } = await cloud.clients.sts.send(
    new AssumeRoleCommand({
      RoleArn: "arn:aws:iam::123456789012:role/people/release-managers",
      RoleSessionName: "the-boss@example.com",
    }),
  );
  const proven = await stsApprover(access(credentials?.AccessKeyId ?? "", credentials?.SecretAccessKey), {
    practice: true,
  }).prove("unused");

  expect(proven.subject).toBe("arn:aws:sts::123456789012:assumed-role/release-managers");
  expect(proven.uniqueId).toMatch(/^aws:AROA[A-Z2-7]{17}$/);
});

test("a server that is not AWS is not believed outside practice", async () => {
  await expect(stsApprover(access("AKIAPERSONA"), { practice: false }).prove("unused")).rejects.toMatchObject(
    {
      exit: "verifyFailed",
      problems: [{ code: "IDENTITY_REFUSED", says: "127.0.0.1 is not AWS, and could say anything" }],
    },
  );
});
