import { ledgerContract } from "../adapters/postgres/ledger-contract.ts";
import { FakeClock } from "./fake-clock.ts";
import { FakeLedger } from "./fake-ledger.ts";

ledgerContract(async () => {
  const clock = new FakeClock();
  const ledger = new FakeLedger(clock);
  return {
    journal: ledger,
    leases: ledger,
    releases: ledger,
    gatekeeping: ledger.gatekeeping,
    until: (instant) => clock.sleep(Math.max(0, instant - clock.now())),
  };
});
