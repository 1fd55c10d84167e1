import type { Instant } from "../core/time.ts";

export interface Caller {
  /** Account number as the platform says, never as the config says. */
  readonly account: string;
  readonly region: string;
  /** Who, as the platform says: on AWS the caller's ARN. */
  readonly actor: string;
  /** The platform's clock when it answered, milliseconds since 1970; undefined when it did not say. */
  readonly platformTime?: Instant | undefined;
}

export interface Identity {
  /** Throws `CREDENTIALS_…` (exit 11) when the platform does not know the caller. */
  whoAmI(): Promise<Caller>;
}
