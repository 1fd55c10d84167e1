import { randomBytes } from "node:crypto";
import { userArn, type Account } from "../account.ts";
import type { Scheduler } from "../scheduler.ts";
import type { AwsService, Caller } from "../wire/aws-call.ts";
import { AwsError } from "../wire/aws-error.ts";
import type { Input } from "../wire/input.ts";

interface Session {
  readonly roleId: string;
  readonly arn: string;
  readonly name: string;
  readonly expiresAt: number;
}

/** Security Token Service: who is calling, and temporary credentials for a role. */
export function stsService(account: Account, scheduler: Scheduler): AwsService {
  const sessions = new Map<string, Session>();

  function getCallerIdentity(_input: Input, caller: Caller): unknown {
    const session = sessions.get(caller.accessKey);
    if (session === undefined) {
      return { UserId: caller.accessKey, Account: account.id, Arn: userArn(account, caller.accessKey) };
    }
    if (session.expiresAt < scheduler.now()) {
      throw new AwsError("ExpiredToken", "The security token included in the request is expired", {
        status: 403,
      });
    }
    return { UserId: `${session.roleId}:${session.name}`, Account: account.id, Arn: session.arn };
  }

  function assumeRole(input: Input): unknown {
    const roleArn = input.text("RoleArn");
    const name = input.text("RoleSessionName");
    const role = /^arn:aws[\w-]*:iam::(\d{12}):role\/(.+)$/.exec(roleArn);
    if (role === null) throw new AwsError("ValidationError", `${roleArn} is invalid`);
    if (!/^[\w+=,.@-]{2,64}$/.test(name)) {
      throw new AwsError(
        "ValidationError",
        `Value '${name}' at 'roleSessionName' failed to satisfy constraint`,
      );
    }
    const seconds = input.optionalWhole("DurationSeconds") ?? 3600;
    if (seconds < 900 || seconds > 43_200) {
      throw new AwsError(
        "ValidationError",
        `Value '${seconds}' at 'durationSeconds' failed to satisfy constraint`,
      );
    }
    const accessKey = `ASIA${readable(16)}`;
    const roleName = role[2]?.split("/").at(-1) ?? "";
    const session: Session = {
      roleId: `AROA${readable(17)}`,
      arn: `arn:aws:sts::${role[1]}:assumed-role/${roleName}/${name}`,
      name,
      expiresAt: scheduler.now() + seconds * 1000,
    };
    sessions.set(accessKey, session);
    return {
      Credentials: {
        AccessKeyId: accessKey,
        SecretAccessKey: randomBytes(30).toString("base64"),
        SessionToken: randomBytes(96).toString("base64"),
        Expiration: new Date(session.expiresAt),
      },
      AssumedRoleUser: { AssumedRoleId: `${session.roleId}:${name}`, Arn: session.arn },
    };
  }

  return {
    protocol: "query",
    name: "sts",
    namespace: "https://sts.amazonaws.com/doc/2011-06-15/",
    invalidInput: "ValidationError",
    operations: { GetCallerIdentity: getCallerIdentity, AssumeRole: assumeRole },
  };
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

function readable(length: number): string {
  return Array.from(randomBytes(length), (byte) => ALPHABET[byte % ALPHABET.length]).join("");
}
