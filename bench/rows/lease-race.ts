import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureLedger } from "../../src/adapters/postgres/ensure-ledger.ts";
import { Secret } from "../../src/core/secret.ts";
import { startPostgres } from "../../src/machine/postgres/server.ts";
import { aRace } from "../../test/adapters/postgres/lease-race.ts";
import { absoluteRow, type Row } from "../row.ts";

const CONTENDERS = 100;
const ROUNDS = 50;
const LIMIT_MS = 2000;

/** A hundred deployers want one environment at once: how long the slowest of those who lose waits for its answer. */
export async function measure(): Promise<Row> {
  const server = await startPostgres({
    folder: mkdtempSync(join(tmpdir(), "slipway-bench-race-")),
    settings: { max_connections: String(CONTENDERS + 20) },
  });
  try {
    await ensureLedger(new Secret("ledger-url", server.url), new AbortController().signal);
    const race = await aRace(server.url, CONTENDERS);
    try {
      let slowest = 0;
      for (let round = 1; round <= ROUNDS; round += 1) {
        const { winners, refused } = await race.round();
        if (winners.length !== 1 || refused.length !== CONTENDERS - 1)
          throw new Error(`round ${round} had ${winners.length} winners`);
        slowest = Math.max(slowest, ...refused.map(({ milliseconds }) => milliseconds));
      }
      return absoluteRow(
        `lease: slowest answer to ${CONTENDERS - 1} who lose, ${ROUNDS} rounds`,
        "ms",
        slowest,
        LIMIT_MS,
      );
    } finally {
      await race.close();
    }
  } finally {
    await server.remove();
  }
}
