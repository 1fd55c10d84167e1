import { z } from "zod";
import { runs } from "./runs-schema.ts";
import { oneOf, wholeNumber } from "./schema-parts.ts";

/** What an environment writes about its migrations. */
export const migrationPolicy = z.strictObject(
  {
    rehearsed: z
      .boolean({ error: "true or false" })
      .optional()
      .describe(
        "Refuse a migration that no `slipway migrate rehearse --write` has proven (default false; `production`: true)",
      ),
    drift: oneOf(["refuse", "note", "ignore"])
      .optional()
      .describe(
        'A schema that is not as its last migration left it: refuse to deploy, tell it, or do not look (default "note"; `production`: "refuse")',
      ),
    waivers: oneOf(["signed", "noted"])
      .optional()
      .describe(
        'Whether a waiver counts that its owner has not signed with `slipway migrate waive` (default "noted": it does and is told; `production`: "signed")',
      ),
    alertAfterMinutes: wholeNumber(1, 1440, " of minutes")
      .optional()
      .describe(
        "After so long a migration that still runs is told, with what it does; again each time it has run so long once more (default 5)",
      ),
    runs: runs.optional().describe("Where they run in this environment (default: as database/runs says)"),
  },
  { error: 'an object such as { rehearsed: true, drift: "refuse" }' },
);
