import { optionalTextOf, recipeOf, textOf } from "../../graph/arguments.ts";
import { RecipeProblem } from "../../graph/recipe-problem.ts";
import { defaultPlatform } from "../../operations/platforms.ts";
import type { Call, Field } from "./field.ts";

/** The Dagger version whose API this is; the SDKs compare it with their own. */
const API_VERSION = "v0.21.9";

const LONGEST_SECRET_BYTES = 128_000;

const LOADED = [
  "CacheVolume",
  "Container",
  "Directory",
  "EnvVariable",
  "File",
  "Label",
  "Port",
  "Secret",
  "Service",
] as const;

export const queryFields: Readonly<Record<string, Field>> = {
  "Query.version": () => API_VERSION,
  "Query.defaultPlatform": () => defaultPlatform(),
  "Query.node": ({ session, args }) => session.recipes.find(textOf(args, "id")),
  "Query.setSecret": ({ session, args }) => {
    const plaintext = textOf(args, "plaintext");
    if (Buffer.byteLength(plaintext) > LONGEST_SECRET_BYTES) {
      throw new RecipeProblem(`secret ${textOf(args, "name")} is longer than ${LONGEST_SECRET_BYTES} bytes`);
    }
    return session.recipes.keep(session.secrets.give(textOf(args, "name"), plaintext));
  },
  ...Object.fromEntries(
    LOADED.map((type) => [`Query.load${type}FromID`, ({ args }: Call) => recipeOf(args, "id")]),
  ),

  "Secret.name": ({ source }) =>
    optionalTextOf(source?.args ?? {}, "name") ?? textOf(source?.args ?? {}, "uri"),
  "Secret.uri": ({ source }) => optionalTextOf(source?.args ?? {}, "uri") ?? "",
  "Secret.plaintext": async ({ session, source, signal }) => {
    if (source === undefined) throw new Error("a secret has no recipe");
    return await session.secrets.reveal(source, signal);
  },
};
