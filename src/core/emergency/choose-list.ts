import type { Problem } from "../errors.ts";
import { laterOf } from "../ledger/retention.ts";
import type { KnownGoodList } from "./known-good-list.ts";

/** What an anchor has of an environment. */
export type ListAt =
  | { readonly kind: "list"; readonly place: string; readonly list: KnownGoodList }
  | { readonly kind: "none"; readonly place: string }
  | { readonly kind: "refused"; readonly place: string; readonly says: string };

export type ChosenList =
  | {
      readonly kind: "chosen";
      readonly list: KnownGoodList;
      readonly place: string;
      readonly told: readonly string[];
    }
  | { readonly kind: "none"; readonly problem: Problem };

/** The newest list that is believed, and what the other anchors have instead. */
export function chooseList(found: readonly ListAt[]): ChosenList {
  let newest: Extract<ListAt, { kind: "list" }> | undefined;
  for (const one of found) {
    if (one.kind === "list" && (newest === undefined || isNewer(one.list, newest.list))) newest = one;
  }
  const told = found.flatMap((one) => (one === newest ? [] : differs(one, newest?.list)));
  if (newest !== undefined) return { kind: "chosen", list: newest.list, place: newest.place, told };
  return {
    kind: "none",
    problem: {
      code: "KNOWN_GOOD_UNKNOWN",
      at: "ledger/anchors",
      says: `no anchor says which releases were good: ${told.join("; ") || "the config names none"}`,
      hint: "bring the ledger back, or move the service by hand; trusted keys are given with --trust=<file>",
    },
  };
}

function isNewer(list: KnownGoodList, than: KnownGoodList): boolean {
  const [one, other] = [list.releases.at(-1)?.at, than.releases.at(-1)?.at];
  if (one === undefined || other === undefined) return one !== undefined;
  if (one !== other) return laterOf(one, other) === one;
  // Of one commit, the list that was written after more migrations ran.
  return list.contracts.length > than.contracts.length;
}

function differs(one: ListAt, newest: KnownGoodList | undefined): string[] {
  if (one.kind === "none") return [`${one.place} keeps no list`];
  if (one.kind === "refused") return [`the list of ${one.place} is not used: ${one.says}`];
  if (newest === undefined || JSON.stringify(one.list) === JSON.stringify(newest)) return [];
  const last = one.list.releases.at(-1);
  return [
    `${one.place} has another list, which ends with ${last?.release.id ?? "nothing"} of ${last?.at ?? "never"}`,
  ];
}
