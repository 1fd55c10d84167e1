import type { SchemaRow, SchemaSnapshot } from "./types.ts";

/** What the role that migrates is called when its name means nothing. */
export const OWNER = "owner";

/**
 * The description with the role that migrates called `owner`: its name is another in each database, and it is a new one
 * in each that is made for the migrations. Identifiers that only sound like it stay.
 */
export function nameOwner(snapshot: SchemaSnapshot, role: string): SchemaSnapshot {
  return Object.fromEntries(
    Object.entries(snapshot).map(([section, rows]) => [section, rows.map((row) => named(row, role))]),
  );
}

/** The description without what the server's set-up decides: who owns the schema `public`. */
export function withoutSetup(snapshot: SchemaSnapshot): SchemaSnapshot {
  const { schemas } = snapshot;
  if (schemas === undefined) return snapshot;
  const kept = schemas.map((row) =>
    row["name"] === "public"
      ? Object.fromEntries(Object.entries(row).filter(([field]) => field === "name"))
      : row,
  );
  return { ...snapshot, schemas: kept };
}

function named(row: SchemaRow, role: string): SchemaRow {
  return Object.fromEntries(
    Object.entries(row).map(([field, value]) => {
      if (field === "owner" || field === "role") return [field, value === role ? OWNER : value];
      if (field === "roles") return [field, each(value, (one) => (one === role ? OWNER : one))];
      if (field === "grants") return [field, each(value, (grant) => grantOf(grant, role))];
      return [field, value];
    }),
  );
}

/** A list of texts, each changed, in order again; anything else as it is. */
function each(value: unknown, change: (text: string) => string): unknown {
  return Array.isArray(value) ? value.map((one) => change(String(one))).sort(inOrder) : value;
}

/** `grantee=rights/grantor`, as Postgres writes it; a name that is no plain word is quoted. */
function grantOf(grant: string, role: string): string {
  const name = (written: string) => (written === role || written === `"${role}"` ? OWNER : written);
  const [, grantee = "", rights = "", grantor = ""] = /^(.*)=([a-zA-Z*]*)\/(.*)$/.exec(grant) ?? [];
  return grantor === "" ? grant : `${name(grantee)}=${rights}/${name(grantor)}`;
}

function inOrder(a: string, b: string): number {
  return a < b ? -1 : 1;
}
