import type { Account } from "../account.ts";
import type { ImageStore } from "../registry/image-store.ts";
import type { RegistryTokens } from "../registry/registry-tokens.ts";
import type { Scheduler } from "../scheduler.ts";

/** What ECR needs besides its store. `registry` is the host and port that images are pushed to. */
export interface EcrSurroundings {
  readonly account: Account;
  readonly scheduler: Scheduler;
  readonly store: ImageStore;
  readonly tokens: RegistryTokens;
  readonly registry: () => string;
}
