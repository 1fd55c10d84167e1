import canonicalize from "canonicalize";
import type { ListAt } from "../../core/emergency/choose-list.ts";
import { readKnownGoodList, writeKnownGoodList } from "../../core/emergency/known-good-list.ts";
import { SlipwayError } from "../../core/errors.ts";
import { knownGoodDocument } from "../../core/known-good-document.ts";
import type { VerifierKey } from "../../core/ledger/signed-note.ts";
import type { Anchor } from "../../ports/anchor.ts";
import type { KnownGoodStore } from "../../ports/known-good-store.ts";
import type { Signer } from "../../ports/signer.ts";
import { noteTools } from "./note-tools.ts";

export interface KnownGoodOptions {
  readonly anchors: readonly Anchor[];
  readonly signer: Signer;
  /** Whose lists are believed; the own key among them. */
  readonly trusted: readonly VerifierKey[];
  /** Id of the ledger; rejects where there is none. */
  readonly log: () => Promise<string | undefined>;
}

/** The known good releases as signed documents at the anchors. */
export function anchoredKnownGood(options: KnownGoodOptions): KnownGoodStore {
  const { anchors, signer, trusted, log } = options;
  return {
    async keep(list, retainUntil) {
      const named = { ...list, log: list.log ?? (await log()) ?? "" };
      const text = writeKnownGoodList(named, signer.verifierKey, (value) => canonicalize(value) ?? "");
      const note = await signer.sign(text);
      const name = knownGoodDocument(list.app, list.env);
      await Promise.all(anchors.map((anchor) => anchor.putDocument(name, note, retainUntil)));
    },
    read: (app, env) => Promise.all(anchors.map((anchor) => readAt(anchor, { app, env }, trusted))),
  };
}

async function readAt(
  anchor: Anchor,
  about: { readonly app: string; readonly env: string },
  trusted: readonly VerifierKey[],
): Promise<ListAt> {
  const { place } = anchor;
  let note: string | undefined;
  try {
    note = await anchor.getDocument(knownGoodDocument(about.app, about.env));
  } catch (error) {
    if (!(error instanceof SlipwayError) || error.exit === "bug") throw error;
    return { kind: "refused", place, says: error.problems.map(({ says }) => says).join("; ") };
  }
  if (note === undefined) return { kind: "none", place };
  return { place, ...readKnownGoodList(note, about, trusted, noteTools) };
}
