import type { ListAt } from "../../src/core/emergency/choose-list.ts";
import type { KnownGoodList } from "../../src/core/emergency/known-good-list.ts";
import type { KnownGoodStore } from "../../src/ports/known-good-store.ts";

/** The lists of known good releases as anchors keep them, in memory; every one is believed. */
export class FakeKnownGood implements KnownGoodStore {
  /** `app/env` → the newest list. */
  readonly lists = new Map<string, KnownGoodList>();
  /** What is answered instead of them, when a test says so. */
  found: readonly ListAt[] | undefined;

  async keep(list: Omit<KnownGoodList, "log"> & { readonly log?: string }): Promise<void> {
    this.lists.set(`${list.app}/${list.env}`, { ...list, log: list.log ?? "log-1" });
  }

  async read(app: string, env: string): Promise<readonly ListAt[]> {
    if (this.found !== undefined) return this.found;
    const list = this.lists.get(`${app}/${env}`);
    return [list === undefined ? { kind: "none", place: "memory" } : { kind: "list", place: "memory", list }];
  }
}
