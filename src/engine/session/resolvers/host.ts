import { basename, resolve } from "node:path";
import { importDirectory, importFile } from "../../filesystem/host-import.ts";
import { flagOf, textOf } from "../../graph/arguments.ts";
import { hashOf, Recipe } from "../../graph/recipe.ts";
import { filterOf } from "../../operations/filters.ts";
import type { Call, Field } from "./field.ts";

/** Directories and files of this machine, copied when they are asked for; their recipes name the content alone. */
export const hostFields: Readonly<Record<string, Field>> = {
  "Host.directory": async (call) =>
    await imported(call, async () => {
      const { session, args } = call;
      const { directory, digest } = await importDirectory(session.layers, hostPath(call), filterOf(args));
      const recipe = session.recipes.keep(new Recipe("Directory", "Host.directory", undefined, { digest }));
      session.knowDirectory(recipe, { key: digest, cheap: true, open: async () => directory });
      return recipe;
    }),

  "Host.file": async (call) =>
    await imported(call, async () => {
      const { session } = call;
      const name = basename(hostPath(call));
      const { file, digest } = await importFile(session.layers, hostPath(call));
      const recipe = session.recipes.keep(new Recipe("File", "Host.file", undefined, { name, digest }));
      session.knowFile(recipe, { key: hashOf({ name, digest }), cheap: true, name, open: async () => file });
      return recipe;
    }),
};

function hostPath({ session, args }: Call): string {
  return resolve(session.cwd, textOf(args, "path"));
}

/** Looks once per session, as Dagger does, unless `noCache` asks to look again. */
async function imported(call: Call, look: () => Promise<Recipe>): Promise<Recipe> {
  const { noCache: _noCache, ...what } = call.args;
  const key = hashOf({ ...what });
  if (flagOf(call.args, "noCache")) call.session.imports.drop(key);
  return await call.session.imports.run(key, call.signal, look);
}
