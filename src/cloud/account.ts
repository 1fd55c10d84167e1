/** Whose cloud this is: the values that AWS puts into every ARN. */
export interface Account {
  readonly id: string;
  readonly region: string;
}

export const PRACTICE_ACCOUNT: Account = { id: "000000000000", region: "us-east-1" };

/** `arn:aws:<service>:<region>:<account>:<resource>`. */
export function arn(account: Account, service: string, resource: string): string {
  return `arn:aws:${service}:${account.region}:${account.id}:${resource}`;
}

/** Of a user of IAM, which knows no regions. */
export function userArn(account: Account, user: string): string {
  return `arn:aws:iam::${account.id}:user/${user}`;
}
