import type { WrittenConfig } from "../../src/core/config/schema.ts";
import { aWrittenConfig } from "../builders/a-config.ts";

/** Two migrations with room between them, and a rehearsal of nothing. */
export const SMALL_APP: Readonly<Record<string, string>> = {
  "migrations/0001_users.up.sql":
    "create table users (id bigint primary key, name text not null);\ninsert into users values (1, 'a'), (2, 'b');\n",
  "migrations/0001_users.down.sql": "drop table users;\n",
  "migrations/0003_mail.up.sql": "alter table users add column mail text;\n",
  "migrations/0003_mail.down.sql": "alter table users drop column mail;\n",
};

type Environment = WrittenConfig["environments"][string];

/** The gates before a deployment are not what is planted here. */
const OPEN = { approvals: false, windows: false, promotion: false, rateLimit: false } as const;

/** `local` demands nothing, `production` what a production demands of a database; both in the practice cloud. */
export function smallConfig(changes: Partial<WrittenConfig> = {}): WrittenConfig {
  return aWrittenConfig({
    environments: { local: { cloud: "local" }, production: { cloud: "local", ...OPEN } },
    ...changes,
  });
}

/** A config whose environment `local` demands this. */
export function localDemands(changes: Partial<Environment>): Partial<WrittenConfig> {
  return { environments: { local: { cloud: "local", ...changes } } };
}

/** A production that takes migrations which nobody rehearsed, and all else as it is. */
export const UNREHEARSED: Partial<WrittenConfig> = {
  environments: { production: { cloud: "local", ...OPEN, migrations: { rehearsed: false } } },
};

/** A pair of files beside the small app's. */
export function pair(id: string, up: string, down = "select 1;"): Readonly<Record<string, string>> {
  return { [`migrations/${id}.up.sql`]: `${up}\n`, [`migrations/${id}.down.sql`]: `${down}\n` };
}

/** The waivers of an app. */
export function waivers(...list: readonly unknown[]): Readonly<Record<string, string>> {
  return { "migrations/waivers.json": JSON.stringify({ waivers: list }) };
}

/** A migration whose down forgets half of what the up made. */
export const LEAVES_A_SEQUENCE = pair(
  "0004_visits",
  "create sequence if not exists visits;\nalter table users add column visit bigint;",
  "alter table users drop column visit;",
);
