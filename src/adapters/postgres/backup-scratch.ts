import { randomBytes } from "node:crypto";
import type { Client } from "pg";
import { SlipwayError } from "../../core/errors.ts";
import { Secret } from "../../core/secret.ts";
import { connect } from "./connect.ts";

/** A server that is started to restore on, and removed afterwards. */
export interface ScratchServer {
  readonly url: string;
  remove(): Promise<void>;
}

const PREFIX = "slipway_backup_";

/** Makes an empty database with the encoding and the locale of `like`, and drops it whatever happens. */
export async function withRestoreDatabase<T>(
  server: Secret,
  like: Client,
  isElsewhere: boolean,
  body: (url: Secret) => Promise<T>,
): Promise<T> {
  const options = { use: "DATABASE", statementTimeoutMs: 0, lockTimeoutMs: 60_000 } as const;
  const { client: admin, address } = await connect(server, { ...options, applicationName: "slipway backup" });
  const name = PREFIX + randomBytes(6).toString("hex");
  try {
    await mayCreate(admin, address.text);
    await dropForgotten(admin);
    if (isElsewhere) await copyRoles(like, admin);
    await admin.query(`create database ${name} template template0 ${await localeOf(like, isElsewhere)}`);
    try {
      const url = new URL(server.reveal());
      url.pathname = `/${name}`;
      return await body(new Secret("restore-url", url.href));
    } finally {
      await admin.query(`drop database if exists ${name} with (force)`);
    }
  } finally {
    await admin.end();
  }
}

async function mayCreate(admin: Client, at: string): Promise<void> {
  const { rows } = await admin.query<{ may: boolean; role: string }>(
    "select rolsuper or rolcreatedb as may, rolname as role from pg_roles where rolname = current_user",
  );
  const [found] = rows;
  if (found?.may === true) return;
  throw new SlipwayError(
    {
      code: "BACKUP_NO_SCRATCH",
      at,
      says: `${JSON.stringify(found?.role ?? "")} may not create the database in which the backup would be proven`,
      hint: 'give backup.urlSecret the URL of a role with CREATEDB, or set backup.proveOn: "scratch-server"',
    },
    "verifyFailed",
  );
}

// Of runs that were killed: full copies of the data that nobody is connected to.
async function dropForgotten(admin: Client): Promise<void> {
  const { rows } = await admin.query<{ name: string }>(
    `select d.datname as name from pg_database d
     where d.datname ~ ('^' || $1 || '[0-9a-f]{12}$') and pg_has_role(d.datdba, 'usage')
       and not exists (select from pg_stat_activity a where a.datname = d.datname)`,
    [PREFIX],
  );
  for (const { name } of rows) await admin.query(`drop database if exists ${name}`).catch(() => undefined);
}

/** Owners and grants name them; on a server of our own there is none yet. */
async function copyRoles(like: Client, admin: Client): Promise<void> {
  const { rows } = await like.query<{ name: string; role: string }>(
    "select rolname as name, quote_ident(rolname) as role from pg_roles where rolname !~ '^pg_'",
  );
  const there = await admin.query<{ name: string }>("select rolname as name from pg_roles");
  const known = new Set(there.rows.map(({ name }) => name));
  for (const { name, role } of rows) if (!known.has(name)) await admin.query(`create role ${role} nologin`);
}

async function localeOf(like: Client, isElsewhere: boolean): Promise<string> {
  const { rows } = await like.query<
    Record<"encoding" | "collate" | "ctype", string> & { icu: string | null }
  >(
    `select quote_literal(pg_encoding_to_char(encoding)) as encoding, quote_literal(datcollate) as collate,
            quote_literal(datctype) as ctype,
            case when to_jsonb(d) ->> 'datlocprovider' = 'i'
                 then quote_literal(coalesce(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale')) end as icu
     from pg_database d where datname = current_database()`,
  );
  const [database] = rows;
  if (database === undefined) return "";
  // Another machine may not have the locale; the order of texts is not what is compared.
  if (isElsewhere) return `encoding ${database.encoding} lc_collate 'C' lc_ctype 'C'`;
  const icu = database.icu === null ? "" : ` locale_provider icu icu_locale ${database.icu}`;
  return `encoding ${database.encoding} lc_collate ${database.collate} lc_ctype ${database.ctype}${icu}`;
}
