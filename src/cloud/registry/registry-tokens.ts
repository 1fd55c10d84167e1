import { randomBytes } from "node:crypto";

/** The practice credentials, written in the docs: they open this machine's practice cloud and nothing else. */
export const PRACTICE_NAME = "slipway";

const LIFETIME_SECONDS = 12 * 3600;

/** Passwords for the registry, as ECR's GetAuthorizationToken hands them out: user `AWS`, good for twelve hours. */
export class RegistryTokens {
  readonly #issued = new Map<string, number>();

  /** `now` in seconds since the epoch. */
  issue(now: number): { readonly token: string; readonly expiresAt: number } {
    const password = randomBytes(48).toString("base64url");
    const expiresAt = now + LIFETIME_SECONDS;
    for (const [old, end] of this.#issued) if (end < now) this.#issued.delete(old);
    this.#issued.set(password, expiresAt);
    return { token: Buffer.from(`AWS:${password}`).toString("base64"), expiresAt };
  }

  accepts(authorization: string | undefined, now: number): boolean {
    const encoded = /^basic (\S+)$/i.exec(authorization ?? "")?.[1];
    if (encoded === undefined) return false;
    const [user = "", ...rest] = Buffer.from(encoded, "base64").toString("utf8").split(":");
    const password = rest.join(":");
    if (user === PRACTICE_NAME) return password === PRACTICE_NAME;
    return user === "AWS" && (this.#issued.get(password) ?? -Infinity) > now;
  }
}
