import { z } from "zod";
import { matching, some, text, wholeNumber } from "./schema-parts.ts";

// Names with a dot only: Postgres lets an app make up no other settings.
const setting = matching(
  /^[A-Za-z_][A-Za-z0-9_$]*(\.[A-Za-z_][A-Za-z0-9_$]*)+$/,
  'the name of a setting with a dot, for example "app.clinic_id"',
);
const column = text("the name of a column");
const names = (of: string) => some(text(`the name of a ${of}`), `a list of names of ${of}s`);

/** `database.rls`. */
export const rls = z.strictObject(
  {
    tenantColumn: column.describe("Column that names the tenant; every table that has it is a tenant table"),
    tenantSetting: setting.describe("Setting of the app's transactions that names the tenant"),
    appRole: text("the name of a role").describe("Role that the app connects as"),
    settings: z
      .record(setting, z.string({ error: "a text" }), { error: "an object of texts" })
      .optional()
      .describe("Further settings of the app's transactions"),
    tables: z
      .record(z.string(), z.strictObject({ tenantColumn: column }, { error: "an object" }), {
        error: "an object of tables",
      })
      .optional()
      .describe("Table → what is different there, for example the tenants' own table"),
    exempt: z
      .record(z.string(), text("a reason"), { error: "an object of reasons" })
      .optional()
      .describe("Table, view or function → why the rules do not hold for it"),
    mutationScore: wholeNumber(0, 100, " of percent")
      .optional()
      .describe("Share of the planted mistakes that the probes must notice (default 100)"),
  },
  { error: "an object" },
);

/** `database.expect`. */
export const expectations = z.strictObject(
  {
    tables: names("table").optional(),
    columns: z
      .record(z.string(), names("column"), { error: "an object of lists" })
      .optional()
      .describe("Table → its columns"),
    functions: names("function").optional(),
    triggers: z
      .record(z.string(), names("trigger"), { error: "an object of lists" })
      .optional()
      .describe("Table → its triggers"),
  },
  { error: "an object" },
);
