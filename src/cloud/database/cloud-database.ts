import { randomBytes } from "node:crypto";
import { startPostgres } from "../../machine/postgres/server.ts";
import type { SecretVault } from "../secretsmanager/secret-vault.ts";
import { CURRENT } from "../secretsmanager/secret-vault.ts";
import { ensureDatabase, ensureRole, withClient } from "./ensure.ts";

export interface CloudDatabase {
  /** Superuser, for people who look after the practice database. */
  readonly url: string;
  /** Owner of the ledger's database. */
  readonly ledgerUrl: string;
  readonly port: number;
  readonly version: string;
  readonly pid: number;
  /** A database with the roles `<app>_owner` and `<app>_app`, made when missing. */
  ensureApp(app: string, database: string): Promise<{ readonly ownerUrl: string; readonly appUrl: string }>;
  stop(): Promise<void>;
}

const LEDGER = "slipway";
// What the cloud itself has to remember lies beside the apps' secrets.
const OWN = "slipway/database";

/**
 * Starts the cloud's Postgres with the ledger's database in it. `port`: the one it had before, taken again when free,
 * so that connection strings stay good. Throws SlipwayError (POSTGRES_…).
 */
export async function startDatabase(
  folder: string,
  port: number | undefined,
  vault: SecretVault,
  now: () => number,
): Promise<CloudDatabase> {
  const settings = { max_connections: "50", shared_buffers: "32MB", jit: "off" };
  const server = await startPostgres({ folder, settings, ...(port === undefined ? {} : { port }) }).catch(
    (error: unknown) => {
      if (port === undefined) throw error;
      return startPostgres({ folder, settings });
    },
  );
  const passwordOf = (role: string) => rememberedPassword(vault, `${OWN}/${role}`, now());
  const urlOf = (role: string, database: string) =>
    `postgresql://${role}:${passwordOf(role)}@${server.host}:${server.port}/${database}`;
  try {
    await withClient(server.url, async (client) => {
      await ensureRole(client, LEDGER, passwordOf(LEDGER));
      await ensureDatabase(client, LEDGER, LEDGER, []);
    });
  } catch (error) {
    await server.stop();
    throw error;
  }
  return {
    url: server.url,
    ledgerUrl: urlOf(LEDGER, LEDGER),
    port: server.port,
    version: server.version,
    pid: server.pid,
    async ensureApp(app, database) {
      const stem = app.replaceAll("-", "_");
      const [owner, user] = [`${stem}_owner`, `${stem}_app`];
      await withClient(server.url, async (client) => {
        await ensureRole(client, owner, passwordOf(owner));
        await ensureRole(client, user, passwordOf(user));
        await ensureDatabase(client, database, owner, [user]);
      });
      return { ownerUrl: urlOf(owner, database), appUrl: urlOf(user, database) };
    },
    stop: () => server.stop(),
  };
}

function rememberedPassword(vault: SecretVault, name: string, now: number): string {
  const known = vault.all().find((secret) => secret.name === name);
  if (known !== undefined) return vault.version(known, undefined, undefined).text ?? "";
  const secret = vault.create(name, "password of a role of the local cloud's database", now);
  const password = randomBytes(24).toString("base64url");
  vault.put(secret, { text: password, binary: undefined }, undefined, [CURRENT], now);
  vault.save();
  return password;
}
