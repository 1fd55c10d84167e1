import { SlipwayError } from "../errors.ts";

/** The app has no database, and the call is about one: `DATABASE_NONE` (exit 2). */
export function noDatabase(app: string): SlipwayError {
  return new SlipwayError(
    {
      code: "DATABASE_NONE",
      at: "database",
      says: `${app} has none in its config`,
      hint: "add database to the config, with the folder of its migrations",
    },
    "usage",
  );
}
