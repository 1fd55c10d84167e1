import { PLAIN_HEADER } from "../../src/core/migration/header.ts";
import type { Migration, MigrationHeader } from "../../src/core/migration/types.ts";

/** A migration that says of itself what a test needs; its SQL is nobody's business. */
export function aMigration(id: string, header: Partial<MigrationHeader> = {}): Migration {
  const text = (way: "up" | "down") => ({
    file: `${id}.${way}.sql`,
    sql: "select 1",
    sha256: "a".repeat(64),
    header: { ...PLAIN_HEADER, ...(way === "up" ? header : {}) },
  });
  return {
    id,
    number: Number.parseInt(id, 10),
    up: text("up"),
    down: text("down"),
    irreversible: false,
    renderedSha256: "a".repeat(64),
  };
}
