import { SlipwayError } from "../../core/errors.ts";

/** The ledger contradicts what was signed; `says` how. */
export function notAsSigned(says: string): SlipwayError {
  return new SlipwayError(
    {
      code: "LEDGER_NOT_AS_SIGNED",
      at: "ledger",
      says: `${says}; nothing was signed`,
      hint: "run `slipway audit verify` to see where the damage begins",
    },
    "ledgerNotIntact",
  );
}
