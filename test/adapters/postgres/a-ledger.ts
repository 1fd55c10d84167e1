import { onTestFinished } from "vitest";
import { openAudit, openLedger, type Ledger } from "../../../src/adapters/postgres/open-ledger.ts";
import { ledgerTools } from "../../../src/adapters/postgres/ledger-hash.ts";
import type { LedgerVerdict } from "../../../src/core/ledger/types.ts";
import { LedgerVerifier } from "../../../src/core/ledger/verify.ts";
import { Secret } from "../../../src/core/secret.ts";
import type { Lease } from "../../../src/ports/lease-store.ts";

export { anEntry } from "./an-entry.ts";

/** An open ledger that is closed after the test. */
export async function aLedger(url: string): Promise<Ledger> {
  const ledger = await openLedger(new Secret("ledger-url", url));
  onTestFinished(() => ledger.close());
  return ledger;
}

export async function aLease(
  ledger: Pick<Ledger, "leases">,
  holder = "somebody",
  lifetimeSeconds = 60,
): Promise<Lease> {
  const answer = await ledger.leases.take({
    app: "diary",
    env: "local",
    holder,
    purpose: "a test",
    lifetimeSeconds,
  });
  if (answer.kind === "held") throw new Error(`held by ${answer.by.holder}`);
  return answer.lease;
}

/** The whole ledger, read by a connection of its own and verified. */
export async function verdictOf(url: string): Promise<LedgerVerdict> {
  const { audit, close } = openAudit(new Secret("ledger-url", url));
  try {
    return await audit.read(() => new LedgerVerifier(ledgerTools));
  } finally {
    await close();
  }
}
