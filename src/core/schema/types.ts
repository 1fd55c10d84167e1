/** A row of a schema's description: names and definitions, no OIDs. */
export type SchemaRow = Readonly<Record<string, unknown>>;

/** A schema as the catalogs describe it: section → rows in a fixed order. */
export type SchemaSnapshot = Readonly<Record<string, readonly SchemaRow[]>>;
