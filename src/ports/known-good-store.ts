import type { ListAt } from "../core/emergency/choose-list.ts";
import type { KnownGoodList } from "../core/emergency/known-good-list.ts";

/** Keeps the known good releases, signed, where the day of the lost ledger finds them. */
export interface KnownGoodStore {
  /**
   * Signs the list and puts it at every anchor; the same list twice is fine. Resolves when all have it. Throws
   * `ANCHOR_…`, `SIGNING_KEY_…` or `LEDGER_…` (exit 11).
   *
   * @param list `log` undefined: that of the ledger behind this store
   * @param retainUntil RFC 3339, UTC
   */
  keep(list: Omit<KnownGoodList, "log"> & { readonly log?: string }, retainUntil: string): Promise<void>;
  /** What each anchor has, in the config's order. Asks no ledger. Never rejects because of an anchor. */
  read(app: string, env: string): Promise<readonly ListAt[]>;
}
