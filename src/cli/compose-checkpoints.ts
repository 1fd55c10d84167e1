import { join } from "node:path";
import type { VerifierKey } from "../core/ledger/signed-note.ts";
import type { Secret } from "../core/secret.ts";
import type { Anchor } from "../ports/anchor.ts";
import type { Checkpoints } from "../ports/checkpoints.ts";
import type { KnownGoodStore } from "../ports/known-good-store.ts";
import type { Signer } from "../ports/signer.ts";

export interface ComposedCheckpoints extends AsyncDisposable {
  readonly checkpoints: Checkpoints;
  readonly knownGood: KnownGoodStore;
  readonly signer: Signer;
}

/**
 * What signs the ledger's head and keeps it at the anchors. The ledger has been set up (`openLedger`); it is asked only
 * when `checkpoints` is used.
 *
 * @param origin name of the log and of its key: `ledger.origin` of the config
 */
export async function composeCheckpoints(
  ledgerUrl: Secret,
  origin: string,
  anchors: readonly Anchor[],
  env: NodeJS.ProcessEnv,
): Promise<ComposedCheckpoints> {
  const [signer, { openCheckpoints }] = await Promise.all([
    composeSigner(origin, env),
    import("../adapters/postgres/open-ledger.ts"),
  ]);
  const opened = openCheckpoints(ledgerUrl, { signer, anchors });
  const { checkpoints, history, close } = opened;
  const knownGood = await composeKnownGood(anchors, signer, [], () => history.log(), env);
  return { checkpoints, knownGood, signer, [Symbol.asyncDispose]: close };
}

/** The known good releases at the anchors; believes this machine's trusted keys and those in `more`. */
export async function composeKnownGood(
  anchors: readonly Anchor[],
  signer: Signer,
  more: readonly VerifierKey[],
  log: () => Promise<string | undefined>,
  env: NodeJS.ProcessEnv,
): Promise<KnownGoodStore> {
  const [{ anchoredKnownGood }, { readTrustFileIfAny }] = await Promise.all([
    import("../adapters/local/anchored-known-good.ts"),
    import("../adapters/local/trust-file.ts"),
  ]);
  // The signer's own key is in the trust file: composeSigner has put it there.
  const trusted = [...(await readTrustFileIfAny((await ledgerPlaces(env)).trust)), ...more];
  return anchoredKnownGood({ anchors, signer, trusted, log });
}

/**
 * The ledger's signing key: SLIPWAY_SIGNING_KEY, else a file in the state folder that is made on first use. Its public
 * part is added to the trust file beside it.
 */
export async function composeSigner(origin: string, env: NodeJS.ProcessEnv, make = true): Promise<Signer> {
  const [{ openSigningKey }, { addToTrustFile, readTrustFileIfAny }] = await Promise.all([
    import("../adapters/local/signing-key.ts"),
    import("../adapters/local/trust-file.ts"),
  ]);
  const places = await ledgerPlaces(env);
  const trusted = await readTrustFileIfAny(places.trust);
  const place = { pem: env["SLIPWAY_SIGNING_KEY"] || undefined, file: places.key, make };
  const signer = await openSigningKey(place, origin, trusted);
  await addToTrustFile(places.trust, signer.verifierKey);
  return signer;
}

/** Where this machine keeps the ledger's key and the keys it trusts. */
export async function ledgerPlaces(
  env: NodeJS.ProcessEnv,
): Promise<{ readonly key: string; readonly trust: string }> {
  const { stateFolder } = await import("../machine/processes/state-folder.ts");
  const folder = join(stateFolder(env), "ledger");
  return { key: join(folder, "signing-key.pem"), trust: join(folder, "trust") };
}
