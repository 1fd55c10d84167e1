import { z } from "zod";
import { matching, meaning, oneOf, text, wholeNumber } from "./schema-parts.ts";

const SUCH = `"none", or an object with kind: "pg_dump" or kind: "rds-snapshot"`;
const timeoutSeconds = wholeNumber(10, 86_400, " of seconds");
// As RDS says: letters, digits and single dashes, beginning with a letter, at most 63.
const identifier = meaning(
  /^[A-Za-z][A-Za-z0-9-]*$/,
  (name) => name.length <= 63 && !name.includes("--") && !name.endsWith("-"),
  "the identifier of a database in RDS",
);

const dump = z.strictObject(
  {
    kind: z.literal("pg_dump").describe("`pg_dump` to a folder, restored once to prove it"),
    folder: matching(/^[^\0]+$/, "a folder").describe("Where backups are kept"),
    maxAgeMinutes: wholeNumber(0, 10_080, " of minutes")
      .optional()
      .describe("A proven backup that is no older is good enough (default 0: always a new one)"),
    proveOn: oneOf(["same-server", "scratch-server"])
      .optional()
      .describe("Where it is restored: another database of the same server (default), or a server here"),
    urlSecret: text("the name of a secret")
      .optional()
      .describe("Secret with the URL of a role that may read every row (default: the role that migrates)"),
    timeoutSeconds: timeoutSeconds.optional().describe("To take and prove it (default 1800)"),
  },
  { error: "an object" },
);

const snapshot = z
  .strictObject(
    {
      kind: z.literal("rds-snapshot").describe("A snapshot by RDS, awaited until it is available"),
      instance: identifier.optional().describe("The RDS instance"),
      cluster: identifier.optional().describe("The Aurora cluster"),
      timeoutSeconds: timeoutSeconds.optional().describe("Until it is available (default 1800)"),
    },
    { error: "an object" },
  )
  .refine(({ instance, cluster }) => (instance === undefined) !== (cluster === undefined), {
    error: "an object with either an instance or a cluster",
  });

/** What an environment writes about its backups. */
export const backup = z.union(
  [z.literal("none"), z.discriminatedUnion("kind", [dump, snapshot], { error: SUCH })],
  {
    error: SUCH,
  },
);
