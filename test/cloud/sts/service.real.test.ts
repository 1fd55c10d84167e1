import { AssumeRoleCommand, GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { clientsFor, practiceCloud, refusal, type PracticeCloud } from "../practice-cloud.ts";

let practice: PracticeCloud;
beforeAll(async () => void (practice = await practiceCloud()));
afterAll(() => practice.close());

const ROLE = "arn:aws:iam::000000000000:role/deployer";

test("the caller is the access key that signed", async () => {
  const { $metadata: _, ...identity } = await practice.clients.sts.send(new GetCallerIdentityCommand({}));
  expect(identity).toEqual({
    UserId: "slipway",
    Account: "000000000000",
    Arn: "arn:aws:iam::000000000000:user/slipway",
  });
});

test("the credentials of an assumed role are known as the role's session", async () => {
  const assumed = await practice.clients.sts.send(
    new AssumeRoleCommand({ RoleArn: ROLE, RoleSessionName: "run-7", DurationSeconds: 900 }),
  );
  expect(assumed.AssumedRoleUser?.Arn).toBe("arn:aws:sts::000000000000:assumed-role/deployer/run-7");
  expect(assumed.Credentials?.Expiration?.getTime()).toBeGreaterThan(Date.now() + 800_000);

  const theirs = clientsFor(practice.cloud.endpoint, assumed.Credentials?.AccessKeyId);
  const identity = await theirs.sts.send(new GetCallerIdentityCommand({}));
  expect(identity.Arn).toBe("arn:aws:sts::000000000000:assumed-role/deployer/run-7");
  expect(identity.UserId).toBe(assumed.AssumedRoleUser?.AssumedRoleId);
});

test("what is no role is refused", async () => {
  const call = practice.clients.sts.send(
    new AssumeRoleCommand({ RoleArn: "arn:aws:nonsense-here", RoleSessionName: "me" }),
  );
  expect(await refusal(call)).toEqual({
    name: "ValidationError",
    message: "arn:aws:nonsense-here is invalid",
  });
});

test("a call that nobody signed is refused", async () => {
  const answer = await fetch(practice.cloud.endpoint, {
    method: "POST",
    body: "Action=GetCallerIdentity&Version=2011-06-15",
  });
  expect(answer.status).toBe(403);
  expect(await answer.text()).toContain("<Code>MissingAuthenticationTokenException</Code>");
});
