import type { Directory } from "@dagger.io/dagger";
import { wrongCall } from "./failures.js";
import type { Stamp } from "./image.js";

const COMMIT = /^[0-9a-f]{40}([0-9a-f]{24})?$/;

/** Version and commit of the app: as given, else from its package.json and its .git folder. */
export async function readStamp(source: Directory, version?: string, commit?: string): Promise<Stamp> {
  if (commit !== undefined && !COMMIT.test(commit))
    throw wrongCall(`--commit must be a full commit hash, got "${commit}"`);
  return {
    version: version ?? (await packageVersion(source)),
    commit: commit ?? (await checkedOutCommit(source)),
  };
}

async function packageVersion(source: Directory): Promise<string> {
  const missing = wrongCall("the app's package.json has no version; give one with --version");
  if ((await source.glob("package.json")).length === 0) throw missing;
  const manifest = JSON.parse(await source.file("package.json").contents()) as { version?: string };
  if (manifest.version === undefined) throw missing;
  return manifest.version;
}

/** HEAD names a commit, or a branch that is a file of its own or a line of packed-refs. */
async function checkedOutCommit(source: Directory): Promise<string> {
  const unknown = wrongCall(
    "the app's folder is not the root of a git checkout; give --commit=$(git rev-parse HEAD)",
  );
  const head = await read(source, ".git/HEAD");
  if (head === undefined) throw unknown;
  if (COMMIT.test(head)) return head;

  const branch = head.replace(/^ref: /, "");
  const loose = await read(source, `.git/${branch}`);
  const packed = (await read(source, ".git/packed-refs"))
    ?.split("\n")
    .find((line) => line.endsWith(` ${branch}`));
  const commit = loose ?? packed?.split(" ")[0];
  if (commit === undefined || !COMMIT.test(commit)) throw unknown;
  return commit;
}

async function read(source: Directory, path: string): Promise<string | undefined> {
  if ((await source.glob(path)).length === 0) return undefined;
  return (await source.file(path).contents()).trim();
}
