import type { HeldLease, LeaseAnswer, LeaseRequest, LeaseStore } from "../../ports/lease-store.ts";
import type { LedgerConnection } from "./ledger-connection.ts";

/** A row of slipway_ledger.leases as the server puts it into JSON. */
interface LeaseRow {
  readonly app: string;
  readonly env: string;
  readonly fence: number;
  readonly holder: string;
  readonly purpose: string;
  readonly link: string | null;
  readonly taken_at: string;
  readonly renewed_at: string;
  readonly expires_at: string;
}

/** Leases in the ledger's database. It should be given a connection of its own: a heartbeat waits for nobody. */
export function ledgerLeases(connection: LedgerConnection): LeaseStore {
  return {
    take: (request) => take(connection, request),
    renew: ({ app, env, holder, fence }, lifetimeSeconds) =>
      connection.run(async (client) => {
        const { rows } = await client.query<{ renewed: boolean }>(
          "select slipway_ledger.renew_lease($1, $2, $3, $4, $5) as renewed",
          [app, env, holder, fence, lifetimeSeconds],
        );
        return rows[0]?.renewed === true ? "renewed" : "lost";
      }),
    release: ({ app, env, holder, fence }) =>
      connection.run(async (client) => {
        await client.query("select slipway_ledger.release_lease($1, $2, $3, $4)", [app, env, holder, fence]);
      }),
    current: (app, env) =>
      connection.run(async (client) => {
        const { rows } = await client.query<{ lease: LeaseRow }>(
          `select row_to_json(l) as lease from slipway_ledger.leases l
           where app = $1 and env = $2 and holder is not null and expires_at > clock_timestamp()`,
          [app, env],
        );
        return rows[0] === undefined ? undefined : heldLease(rows[0].lease);
      }),
  };
}

async function take(connection: LedgerConnection, request: LeaseRequest): Promise<LeaseAnswer> {
  const { app, env, holder, purpose, link, lifetimeSeconds } = request;
  return connection.run(async (client) => {
    const { rows } = await client.query<{ taken: boolean; now_held: LeaseRow; before: LeaseRow | null }>(
      "select taken, now_held, before from slipway_ledger.take_lease($1, $2, $3, $4, $5, $6)",
      [app, env, holder, purpose, link, lifetimeSeconds],
    );
    const [answer] = rows;
    if (answer === undefined) throw new Error("the ledger answered nothing about the lease");
    if (!answer.taken) return { kind: "held", by: heldLease(answer.now_held) };
    const { fence } = answer.now_held;
    const takenOverFrom = answer.before === null ? undefined : heldLease(answer.before);
    return { kind: "taken", lease: { app, env, holder, fence }, takenOverFrom };
  });
}

function heldLease(row: LeaseRow): HeldLease {
  return {
    app: row.app,
    env: row.env,
    fence: row.fence,
    holder: row.holder,
    purpose: row.purpose,
    link: row.link ?? undefined,
    takenAt: utc(row.taken_at),
    renewedAt: utc(row.renewed_at),
    expiresAt: utc(row.expires_at),
  };
}

/** The session is in UTC, which the server writes as +00:00. */
function utc(time: string): string {
  return time.replace(/\+00:00$/, "Z");
}
