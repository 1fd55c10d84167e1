import type { BackupProof } from "../core/backup/types.ts";
import type { Problem } from "../core/errors.ts";
import type { JournalEntry } from "../ports/journal.ts";
import { backupStep, type BackupContext } from "./backup-step.ts";
import type { DeploymentPorts } from "./deployment-ports.ts";
import { problemsOf, StepFailed, stopIfAborted } from "./step-faults.ts";

export type BackupEnd =
  | { readonly kind: "safe"; readonly proof: BackupProof | undefined }
  | { readonly kind: "refused"; readonly problems: readonly Problem[] };

/** The backup of `migrate up`, which writes its records itself: an intent before it and an outcome after it. */
export async function backupOnRecord(
  common: Omit<JournalEntry, "step" | "phase" | "outcome" | "data">,
  context: BackupContext & { readonly ports: Pick<DeploymentPorts, "journal"> },
  stop: AbortSignal,
): Promise<BackupEnd> {
  const { journal } = context.ports;
  const entry = { ...common, step: "backup" } as const;
  try {
    const proof = await backupStep(common.deploymentId, context, stop, async (work) => {
      await journal.append({ ...entry, phase: "intent", outcome: undefined, data: {} });
      try {
        const result = await work();
        await journal.append({ ...entry, phase: "outcome", outcome: "done", data: result.data ?? {} });
        return result;
      } catch (error) {
        const outcome = stop.aborted ? "interrupted" : "failed";
        await journal.append({ ...entry, phase: "outcome", outcome, data: { problems: problemsOf(error) } });
        throw error;
      }
    });
    return { kind: "safe", proof };
  } catch (error) {
    stopIfAborted(stop);
    if (error instanceof StepFailed) return { kind: "refused", problems: error.problems };
    throw error;
  }
}
