import { readFile, stat } from "../filesystem/read.ts";
import type { Directory, Owner } from "../filesystem/types.ts";
import { RecipeProblem } from "../graph/recipe-problem.ts";

export interface User extends Owner {
  readonly home: string;
}

/**
 * The user that `user[:group]` names, by number or by the root's own /etc/passwd and /etc/group. Nothing said: root.
 * Throws a RecipeProblem for a name that is not there.
 */
export async function findUser(root: Directory, written: string): Promise<User> {
  if (written === "") return { uid: 0, gid: 0, home: "/root" };

  const [name = "", group] = written.split(":");
  const users = await table(root, "etc/passwd");
  const known = users.find((row) => (isNumber(name) ? row[2] === name : row[0] === name));
  if (known === undefined && !isNumber(name)) throw new RecipeProblem(`user ${name} is not in /etc/passwd`);

  const uid = Number(known?.[2] ?? name);
  return {
    uid,
    gid: group === undefined ? Number(known?.[3] ?? uid) : await findGroup(root, group),
    home: known?.[5] ?? (uid === 0 ? "/root" : "/"),
  };
}

async function findGroup(root: Directory, name: string): Promise<number> {
  if (isNumber(name)) return Number(name);
  const known = (await table(root, "etc/group")).find((row) => row[0] === name);
  if (known === undefined) throw new RecipeProblem(`group ${name} is not in /etc/group`);
  return Number(known[2]);
}

async function table(root: Directory, path: string): Promise<string[][]> {
  if ((await stat(root, path))?.kind !== "file") return [];
  const text = (await readFile({ snapshot: root.snapshot, path })).toString();
  return text.split("\n").map((line) => line.split(":"));
}

function isNumber(text: string): boolean {
  return /^\d+$/.test(text);
}
