import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomUUID,
  sign,
  type KeyObject,
} from "node:crypto";
import { link, mkdir, open, readFile, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { SlipwayError } from "../../core/errors.ts";
import {
  checkNote,
  isKeyName,
  readVerifierKey,
  signatureLine,
  writeVerifierKey,
  type VerifierKey,
} from "../../core/ledger/signed-note.ts";
import type { Signer } from "../../ports/signer.ts";
import { noteTools } from "./note-tools.ts";

export interface SigningKeyPlace {
  /** PKCS#8 PEM of an Ed25519 key, from SLIPWAY_SIGNING_KEY; it wins over the file. */
  readonly pem: string | undefined;
  /** Made on first use, readable by its owner alone. */
  readonly file: string;
  /** Makes the key when there is none; otherwise that is a problem. */
  readonly make: boolean;
}

/**
 * Signs with an Ed25519 key of this machine. `trusted` are the keys of earlier days and of others; the own one is trusted
 * anyway. Throws `SIGNING_KEY_…` (exit 11).
 *
 * @param name of the key, which is the log's origin
 */
export async function openSigningKey(
  place: SigningKeyPlace,
  name: string,
  trusted: readonly VerifierKey[] = [],
): Promise<Signer> {
  if (!isKeyName(name)) {
    throw problem(
      "NAME",
      "ledger/origin",
      `${JSON.stringify(name)} cannot name a key`,
      "use no space and no plus",
    );
  }
  const key = place.pem === undefined ? await keyInFile(place) : parse(place.pem, "SLIPWAY_SIGNING_KEY");
  // The last 32 bytes of the SPKI form are the key itself (RFC 8410 §4).
  const publicKey = createPublicKey(key).export({ format: "der", type: "spki" }).subarray(-32);
  const verifierKey = writeVerifierKey(name, publicKey, noteTools);
  const own = readVerifierKey(verifierKey, noteTools);
  if (own === undefined) throw new Error("the key's own text cannot be read");
  const known = [own, ...trusted];
  return {
    verifierKey,
    name,
    sign: async (text) => `${text}\n${signatureLine(own, sign(undefined, Buffer.from(text, "utf8"), key))}\n`,
    trusts: (note) => checkNote(note, known, noteTools).kind === "signed",
  };
}

async function keyInFile({ file, make }: SigningKeyPlace): Promise<KeyObject> {
  const found = await read(file);
  if (found !== undefined) return parse(found, file);
  if (!make) {
    throw problem(
      "MISSING",
      file,
      "there is no signing key",
      "set SLIPWAY_SIGNING_KEY to the PEM of the ledger's key",
    );
  }

  const { privateKey } = generateKeyPairSync("ed25519");
  const pem = privateKey.export({ format: "pem", type: "pkcs8" }).toString();
  await writeOnce(file, pem);
  // Whoever was first: of two processes that make it at once, both use the one that is there.
  return parse((await read(file)) ?? pem, file);
}

async function read(file: string): Promise<string | undefined> {
  try {
    const handle = await open(file, "r");
    try {
      const { mode } = await handle.stat();
      if ((mode & 0o077) !== 0) {
        throw problem(
          "OPEN",
          file,
          `others may read it (mode ${(mode & 0o777).toString(8)})`,
          `chmod 600 ${file}`,
        );
      }
      return await handle.readFile("utf8");
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (error instanceof SlipwayError) throw error;
    if (codeOf(error) === "ENOENT") return undefined;
    throw problem(
      "UNREADABLE",
      file,
      `cannot be read: ${codeOf(error)}`,
      "let the user who runs this read it",
      error,
    );
  }
}

// Complete under its name or not there: a key that was written halfway would lock everybody out.
async function writeOnce(file: string, pem: string): Promise<void> {
  const draft = `${file}.${randomUUID()}.new`;
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    const handle = await open(draft, "wx", 0o600);
    try {
      await handle.writeFile(pem);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await link(draft, file);
  } catch (error) {
    if (codeOf(error) === "EEXIST" && (await readFile(file).catch(() => undefined)) !== undefined) return;
    throw problem("UNWRITABLE", file, `cannot be made: ${codeOf(error)}`, "make its folder writable", error);
  } finally {
    await rm(draft, { force: true });
  }
}

function parse(pem: string, at: string): KeyObject {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === "ed25519") return key;
  } catch {
    // Told below, without the error: its message could quote the key.
  }
  throw problem("WRONG", at, "is not an Ed25519 key in PKCS#8 PEM", "openssl genpkey -algorithm ed25519");
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

function problem(code: string, at: string, says: string, hint: string, cause?: unknown): SlipwayError {
  return new SlipwayError({ code: `SIGNING_KEY_${code}`, at, says, hint }, "verifyFailed", { cause });
}
