import { basename, resolve } from "node:path";
import { digestDirectory } from "../../filesystem/digest.ts";
import { exportDirectory } from "../../filesystem/host-export.ts";
import { entries, glob } from "../../filesystem/read.ts";
import type { Directory } from "../../filesystem/types.ts";
import { flagOf, optionalTextOf, textOf } from "../../graph/arguments.ts";
import { existsAt } from "./existence.ts";
import { type Call, type Field, sourceOf } from "./field.ts";

/** Leaves of Directory. */
export const directoryFields: Readonly<Record<string, Field>> = {
  "Directory.digest": async (call) => await digestDirectory(await open(call)),
  "Directory.entries": async (call) =>
    await entries(await open(call), optionalTextOf(call.args, "path") ?? ""),
  "Directory.exists": async (call) => await existsAt(await open(call), textOf(call.args, "path"), call.args),
  "Directory.export": async (call) =>
    await exportDirectory(await open(call), resolve(call.session.cwd, textOf(call.args, "path")), {
      wipe: flagOf(call.args, "wipe"),
    }),
  "Directory.glob": async (call) => await glob(await open(call), textOf(call.args, "pattern")),
  "Directory.name": async (call) => `${basename((await open(call)).path)}/`,
  "Directory.sync": async (call) => {
    await open(call);
    return sourceOf(call).id;
  },
};

async function open({ session, signal, ...call }: Call): Promise<Directory> {
  const tree = await session.directory(sourceOf({ session, signal, ...call }), signal);
  return await tree.open(signal);
}
