import { expect } from "vitest";
import { useDatabase } from "../../support/postgres.ts";
import { aLedger } from "./a-ledger.ts";
import { ledgerContract } from "./ledger-contract.ts";

const database = useDatabase();

ledgerContract(async () => {
  const ledger = await aLedger(database.url);
  const until = async (instant: number): Promise<void> => {
    await expect
      .poll(() => ledger.gatekeeping.now(), { timeout: 10_000, interval: 10 })
      .toBeGreaterThanOrEqual(instant);
  };
  return { ...ledger, until };
});
