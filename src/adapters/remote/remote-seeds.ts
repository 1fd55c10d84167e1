import { SlipwayError, type Problem } from "../../core/errors.ts";
import type { SeedsToKeep } from "../../core/seed/types.ts";
import type { OpenSeeds, SeedingOutcome, SeedRunOptions } from "../../ports/seeds.ts";
import { carrySeeds } from "./carry-seeds.ts";
import type { RemoteWorker } from "./remote-worker.ts";
import { isCutOff, WorkerLost } from "./worker-faults.ts";

/** Seeds for a database that only the worker reaches. The URL is the worker's to know. */
export function remoteSeeds(worker: RemoteWorker): OpenSeeds {
  return async ({ files }) => {
    const opening = { handle: worker.newHandle(), what: "seeds", files: carrySeeds(files) } as const;
    const wasKept = async (transaction: string) =>
      (await worker.ask(opening, { method: "wasKept", argument: transaction })) as boolean;

    const apply = async ({ keep, fence, signal, tell }: SeedRunOptions): Promise<SeedingOutcome> => {
      let toKeep: SeedsToKeep | undefined;
      const keeping = (seeds: SeedsToKeep) => (toKeep = seeds);
      try {
        const options = { fence, signal, tell, keeping };
        return (await worker.ask(
          opening,
          { method: "apply", argument: { keep } },
          options,
        )) as SeedingOutcome;
      } catch (error) {
        if (!isCutOff(error)) throw error;
        const isLost = error instanceof WorkerLost;
        // The worker keeps nothing of which it does not know that it was heard of here.
        if (toKeep === undefined && isLost) return { kind: "failed", problem: lostProblem(error) };
        if (toKeep === undefined) throw error;
        if (!isLost || signal.aborted) throw unknownOutcome(error);
        const { transaction, files: kept } = toKeep;
        const isKept = await settled(worker, error, () => wasKept(transaction));
        if (isKept) return { kind: "applied", files: kept };
        return { kind: "failed", problem: lostProblem(error) };
      }
    };

    // As where the database is reached directly: what cannot be opened is refused at once.
    await worker.ask(opening, undefined);
    return { apply, wasKept, close: () => worker.close(opening.handle) };
  };
}

/** Asks once nothing of the lost worker is under way any more. */
async function settled<T>(worker: RemoteWorker, lost: WorkerLost, question: () => Promise<T>): Promise<T> {
  try {
    await worker.settle(lost);
    return await question();
  } catch {
    throw unknownOutcome(lost);
  }
}

function lostProblem({ because, problems }: WorkerLost): Problem {
  return {
    code: "SEED_WORKER_LOST",
    at: problems[0]?.at ?? "",
    says: `the worker was lost while it seeded (${because}); nothing of the run was kept`,
    hint: "look into its log and try again",
  };
}

function unknownOutcome(cause: SlipwayError): SlipwayError {
  const [first] = cause.problems;
  return new SlipwayError(
    {
      code: "SEED_OUTCOME_UNKNOWN",
      at: first?.at ?? "",
      says: `the worker's answer was lost (${first?.says ?? ""}), and the database cannot be asked whether the seeds were kept`,
      hint: "run the same command again; what is there already is not written twice",
    },
    "outcomeUnknown",
    { cause },
  );
}
