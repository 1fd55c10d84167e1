import { SlipwayError, type Problem } from "../core/errors.ts";
import { knownGoodDocument } from "../core/known-good-document.ts";
import { retainUntil } from "../core/ledger/retention.ts";
import type { Anchor } from "../ports/anchor.ts";
import type { CheckpointHistory } from "../ports/checkpoints.ts";
import type { Gatekeeping } from "../ports/gatekeeping.ts";
import type { Journal, JournalRecord } from "../ports/journal.ts";
import type { Releases } from "../ports/releases.ts";

export interface RetentionPorts {
  readonly anchors: readonly Anchor[];
  readonly history: Pick<CheckpointHistory, "log">;
  readonly releases: Pick<Releases, "lastKnownGood">;
  readonly journal: Pick<Journal, "records">;
  readonly gatekeeping: Pick<Gatekeeping, "now">;
}

/** One thing that is held longer now, or was held long enough. */
export interface Extended {
  readonly environment: string;
  readonly deploymentId: string;
  /** A checkpoint's number of records, or a document's name. */
  readonly what: number | string;
  readonly place: string;
  /** RFC 3339, UTC: held at least so long. */
  readonly until: string;
}

export interface RetentionReport {
  readonly extended: readonly Extended[];
  /** What could not be extended; the rest was. */
  readonly problems: readonly Problem[];
}

/** What runs somewhere is in effect: it came with this deployment, whose records end with `last`. */
interface InEffect {
  readonly environment: string;
  readonly deploymentId: string;
  readonly committed: number;
  readonly last: number;
  readonly until: string;
}

/**
 * Holds the evidence of every release that runs for so many years from now: the checkpoints that cover its deployment's
 * records and the list of known good releases, at every anchor. No date moves back. Once a day is enough.
 */
export async function extendRetention(
  wish: { readonly app: string; readonly environments: readonly string[]; readonly years: number },
  ports: RetentionPorts,
): Promise<RetentionReport> {
  const log = await ports.history.log();
  const now = new Date(await ports.gatekeeping.now()).toISOString();
  const found = await Promise.all(wish.environments.map((name) => findInEffect(wish, name, now, ports)));

  const running = found.filter((one) => one !== undefined);

  const reports = await Promise.all(
    ports.anchors.map((anchor) => extendAt(anchor, wish.app, log ?? "", running)),
  );
  return {
    extended: reports.flatMap(({ extended }) => extended),
    problems: reports.flatMap(({ problems }) => problems),
  };
}

async function findInEffect(
  { app, years }: { readonly app: string; readonly years: number },
  environment: string,
  now: string,
  { releases, journal }: RetentionPorts,
): Promise<InEffect | undefined> {
  const known = await releases.lastKnownGood(app, environment);
  if (known === undefined) return undefined;
  const records = await journal.records(known.deploymentId);
  const last = records.at(-1)?.seq ?? 0;
  return {
    environment,
    deploymentId: known.deploymentId,
    committed: records.findLast(isCommit)?.seq ?? last,
    last,
    until: retainUntil(known.at, now, years),
  };
}

function isCommit({ step, phase }: JournalRecord): boolean {
  return step === "commit" && phase === "outcome";
}

async function extendAt(
  anchor: Anchor,
  app: string,
  log: string,
  running: readonly InEffect[],
): Promise<RetentionReport> {
  const extended: Extended[] = [];
  const problems: Problem[] = [];
  for (const one of running) {
    const { environment, deploymentId, until } = one;
    const note = (what: Extended["what"]) =>
      extended.push({ environment, deploymentId, what, place: anchor.place, until });
    try {
      const [first, ...later] = await anchor.kept(log, one.committed);
      if (first === undefined) problems.push(notCovered(anchor, one));
      // What comes after the commit is covered by a later checkpoint, or by none yet.
      const second = later.find(({ size }) => size >= one.last);
      for (const checkpoint of [first, ...((first?.size ?? 0) >= one.last ? [] : [second])]) {
        if (checkpoint === undefined) continue;
        await anchor.keep(checkpoint, until);
        note(checkpoint.size);
      }

      const name = knownGoodDocument(app, environment);
      const text = await anchor.getDocument(name);
      if (text === undefined) continue;
      await anchor.putDocument(name, text, until);
      note(name);
    } catch (error) {
      if (!(error instanceof SlipwayError) || error.exit === "bug") throw error;
      problems.push(...error.problems);
    }
  }
  return { extended, problems };
}

function notCovered(anchor: Anchor, { environment, deploymentId, committed }: InEffect): Problem {
  return {
    code: "ANCHOR_LACKS_CHECKPOINT",
    at: anchor.place,
    says: `no checkpoint there covers record ${committed} of ${deploymentId}, which runs in ${environment}`,
    hint: `slipway audit verify; slipway resume --env=${environment} signs the ledger's head once more`,
  };
}
