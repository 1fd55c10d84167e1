import type { Directory } from "@dagger.io/dagger";
import { wrongCall } from "./failures.js";
import type { Stamp } from "./image.js";

const COMMIT = /^[0-9a-f]{40}([0-9a-f]{24})?$/;

/** Of no use to anybody who wants to bring a line break or an escape sequence into a record. */
const BRANCH = /^[^\p{C}\p{Z}]{1,255}$/u;
const AUTHOR = /^[a-z]+:[!-~]{1,320}$/;

/**
 * Version, commit and branch of the app: as given, else from its package.json and its .git folder. The branch is left
 * out when none is checked out; the author when nobody says who it was.
 */
export async function readStamp(
  source: Directory,
  version?: string,
  commit?: string,
  branch?: string,
  author?: string,
): Promise<Stamp> {
  if (commit !== undefined && !COMMIT.test(commit))
    throw wrongCall(`--commit must be a full commit hash, got "${commit}"`);
  if (branch !== undefined && !BRANCH.test(branch))
    throw wrongCall(`--branch must be the name of a branch, got ${JSON.stringify(branch)}`);
  if (author !== undefined && !AUTHOR.test(author))
    throw wrongCall(`--author must be git:<e-mail> or github:<id>, got ${JSON.stringify(author)}`);

  const found = branch ?? (await checkedOutBranch(source));
  return {
    version: version ?? (await packageVersion(source)),
    commit: commit ?? (await checkedOutCommit(source)),
    ...(found === undefined ? {} : { branch: found }),
    ...(author === undefined ? {} : { author }),
  };
}

async function checkedOutBranch(source: Directory): Promise<string | undefined> {
  const [, branch] = /^ref: refs\/heads\/(.+)$/.exec((await read(source, ".git/HEAD")) ?? "") ?? [];
  return branch !== undefined && BRANCH.test(branch) ? branch : undefined;
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
