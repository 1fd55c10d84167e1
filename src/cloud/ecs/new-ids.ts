import { randomBytes, randomInt } from "node:crypto";

/** 32 hex digits, as task ids are. */
export function newTaskId(): string {
  return randomBytes(16).toString("hex");
}

/** 19 digits, as in `ecs-svc/1234567890123456789` and in service revisions. */
export function newNineteenDigits(): string {
  return `${randomInt(1, 10)}${Array.from({ length: 18 }, () => randomInt(10)).join("")}`;
}

/** 21 letters, digits, dashes and underscores, as service deployments have. */
export function newStoryId(): string {
  return randomBytes(16).toString("base64url").slice(0, 21);
}
