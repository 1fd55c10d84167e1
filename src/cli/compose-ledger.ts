import { SlipwayError } from "../core/errors.ts";
import type { LedgerTools } from "../core/ledger/types.ts";
import { Secret } from "../core/secret.ts";
import type { AuditTrail } from "../ports/audit-trail.ts";

export interface ComposedAudit extends AsyncDisposable {
  readonly audit: AuditTrail;
  readonly ledgerTools: LedgerTools;
}

/** The ledger, to be read. It belongs to no app's folder: the URL alone says which one. */
export async function composeAudit(env: NodeJS.ProcessEnv): Promise<ComposedAudit> {
  const url = await ledgerUrl(env);
  const [{ openAudit }, { ledgerTools }] = await Promise.all([
    import("../adapters/postgres/open-ledger.ts"),
    import("../adapters/postgres/ledger-hash.ts"),
  ]);
  const opened = openAudit(url);
  return { audit: opened.audit, ledgerTools, [Symbol.asyncDispose]: () => opened.close() };
}

async function ledgerUrl(env: NodeJS.ProcessEnv): Promise<Secret> {
  for (const name of ["SLIPWAY_LEDGER_URL", "DATABASE_URL"]) {
    const value = env[name];
    if (value) return new Secret(name, value);
  }

  const [{ stateFolder }, { findLocalCloud }] = await Promise.all([
    import("../machine/processes/state-folder.ts"),
    import("../adapters/local/cloud-state.ts"),
  ]);
  const cloud = await findLocalCloud(stateFolder(env), env["SLIPWAY_CLOUD"] || "default");
  if (cloud?.ledgerUrl !== undefined) return new Secret("ledger-url", cloud.ledgerUrl);
  throw new SlipwayError(
    {
      code: "LEDGER_UNKNOWN",
      at: "SLIPWAY_LEDGER_URL",
      says: "nothing says where the ledger is, and no local cloud runs",
      hint: "set SLIPWAY_LEDGER_URL to its Postgres URL, or start the local cloud with `slipway cloud up`",
    },
    "usage",
  );
}
