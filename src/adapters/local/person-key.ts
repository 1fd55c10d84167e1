import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  type KeyObject,
} from "node:crypto";
import { constants } from "node:fs";
import { mkdir, open, readdir, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { SlipwayError, type Problem } from "../../core/errors.ts";
import { NAME } from "../../core/names.ts";
import type { PersonKey } from "../../ports/person-key.ts";

const MODE = 0o600;
const ENDING = ".pem";

/** Makes a person's key in the state folder and answers its identity. Throws `PERSON_KEY_…` (exit 2). */
export async function createPersonKey(stateFolder: string, person: string): Promise<string> {
  const folder = keyFolder(stateFolder);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { privateKey } = generateKeyPairSync("ed25519");
  try {
    await using file = await open(keyFile(folder, person), "wx", MODE);
    await file.writeFile(privateKey.export({ type: "pkcs8", format: "pem" }));
    await file.sync();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    const says = `there is a key for ${person} already`;
    throw fault("PERSON_KEY_EXISTS", says, "use it, or move its file away first", "usage");
  }
  return identityOf(publicKeyOf(privateKey));
}

/** Signs with the key of a person, or with the only one there is. */
export function personKeyApprover(stateFolder: string, person: string | undefined): PersonKey {
  const folder = keyFolder(stateFolder);
  const read = async () => readKey(folder, person ?? (await onlyPerson(folder)));
  return {
    identity: async () => identityOf(publicKeyOf(await read())),
    async prove(challenge) {
      const privateKey = await read();
      const publicKey = publicKeyOf(privateKey);
      return {
        issuer: "local",
        subject: identityOf(publicKey),
        method: "ed25519",
        shownName: undefined,
        authTime: undefined,
        proof: {
          publicKey,
          signature: sign(null, Buffer.from(challenge, "utf8"), privateKey).toString("base64url"),
        },
      };
    },
  };
}

/** `local:<hex SHA-256 of the public key's 32 bytes>`; the key in base64url. */
export function identityOf(publicKey: string): string {
  return `local:${createHash("sha256").update(Buffer.from(publicKey, "base64url")).digest("hex")}`;
}

function publicKeyOf(privateKey: KeyObject): string {
  return createPublicKey(privateKey).export({ format: "jwk" }).x ?? "";
}

function keyFolder(stateFolder: string): string {
  return join(stateFolder, "people");
}

// The name becomes a file's, so it has to be one that leads nowhere else.
function keyFile(folder: string, person: string): string {
  if (NAME.test(person)) return join(folder, `${person}${ENDING}`);
  const says = `is no name of a person: ${JSON.stringify(person)}`;
  throw fault("PERSON_KEY_NAME", says, "give a key of `people` in the config", "usage");
}

async function onlyPerson(folder: string): Promise<string> {
  const files = await readdir(folder).catch(() => []);
  const people = files.filter((file) => file.endsWith(ENDING)).map((file) => file.slice(0, -ENDING.length));
  const [only, ...others] = people;
  if (only === undefined) throw noKey("nobody has a key here", "<key in the config>");
  if (others.length === 0) return only;
  throw fault(
    "IDENTITY_UNCLEAR",
    `several people have a key here: ${people.sort().join(", ")}`,
    "say whose to use with --person=<name>",
  );
}

async function readKey(folder: string, person: string): Promise<KeyObject> {
  await using file = await openKey(folder, person);
  const { mode } = await file.stat();
  if ((mode & 0o077) !== 0) {
    const says = `others may read ${person}'s key (mode ${(mode & 0o777).toString(8)})`;
    throw fault("IDENTITY_KEY_OPEN", says, "make a new key; this one is no proof any more");
  }
  try {
    const key = createPrivateKey(await file.readFile("utf8"));
    if (key.asymmetricKeyType === "ed25519") return key;
  } catch {
    // Told below, without the words of the library: they may hold a piece of the file.
  }
  throw fault(
    "IDENTITY_KEY_BROKEN",
    `${person}'s key file holds no Ed25519 key`,
    "make a new one with `slipway keys create`",
  );
}

async function openKey(folder: string, person: string): Promise<FileHandle> {
  try {
    return await open(keyFile(folder, person), constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") throw noKey(`${person} has no key here`, person);
    throw error;
  }
}

function noKey(says: string, person: string): SlipwayError {
  return fault("IDENTITY_NO_KEY", says, `make one with \`slipway keys create --person=${person}\``);
}

function fault(
  code: string,
  says: string,
  hint: string,
  exit: "usage" | "verifyFailed" = "verifyFailed",
): SlipwayError {
  const problem: Problem = { code, at: "people", says, hint };
  return new SlipwayError(problem, exit);
}
