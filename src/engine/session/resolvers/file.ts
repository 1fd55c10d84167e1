import { resolve } from "node:path";
import { digestFile } from "../../filesystem/digest.ts";
import { exportFile } from "../../filesystem/host-export.ts";
import { readFile, stat } from "../../filesystem/read.ts";
import type { File } from "../../filesystem/types.ts";
import { flagOf, optionalNumberOf, textOf } from "../../graph/arguments.ts";
import { RecipeProblem } from "../../graph/recipe-problem.ts";
import type { FileTree } from "../../state/trees.ts";
import { type Call, type Field, sourceOf } from "./field.ts";

/** Beyond this a file is not sent as one string. The same limit as Dagger's. */
const LONGEST_CONTENTS_BYTES = 128 * 1024 * 1024;

/** Leaves of File. */
export const fileFields: Readonly<Record<string, Field>> = {
  "File.contents": async (call) => {
    const file = await open(call);
    if ((await sizeOf(file)) > LONGEST_CONTENTS_BYTES) {
      throw new RecipeProblem(
        `${file.path} is larger than ${LONGEST_CONTENTS_BYTES} bytes; export it instead`,
      );
    }
    return someLines((await readFile(file)).toString(), call);
  },
  "File.digest": async (call) =>
    await digestFile(await open(call), { excludeMetadata: flagOf(call.args, "excludeMetadata") }),
  "File.export": async (call) =>
    await exportFile(await open(call), resolve(call.session.cwd, textOf(call.args, "path")), {
      allowParentDirPath: flagOf(call.args, "allowParentDirPath"),
    }),
  "File.name": async (call) => (await treeOf(call)).name,
  "File.size": async (call) => await sizeOf(await open(call)),
  "File.sync": async (call) => {
    await open(call);
    return sourceOf(call).id;
  },
};

async function treeOf(call: Call): Promise<FileTree> {
  return await call.session.file(sourceOf(call), call.signal);
}

async function open(call: Call): Promise<File> {
  return await (await treeOf(call)).open(call.signal);
}

async function sizeOf(file: File): Promise<number> {
  const found = await stat({ snapshot: file.snapshot, path: "" }, file.path);
  return found?.kind === "file" ? found.size : 0;
}

/** `offsetLines` lines are left out, then at most `limitLines` are taken. */
function someLines(text: string, { args }: Call): string {
  const offset = optionalNumberOf(args, "offsetLines");
  const limit = optionalNumberOf(args, "limitLines");
  if (offset === undefined && limit === undefined) return text;
  const lines = text.split(/(?<=\n)/);
  const start = offset ?? 0;
  return lines.slice(start, limit === undefined ? undefined : start + limit).join("");
}
