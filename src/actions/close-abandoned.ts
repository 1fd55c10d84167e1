import { earlierAttempts } from "../core/deployment/earlier-attempts.ts";
import type { Opening } from "./open-deployment.ts";
import type { RunContext } from "./run-context.ts";
import type { Recording } from "./steps.ts";

/** Records that a deployment which was left open ended there: another one goes on in its place. */
export async function closeAbandoned(
  abandoned: string,
  { purpose, release }: Pick<Opening, "purpose" | "release">,
  { app, env, fence, actor }: Pick<Recording, "app" | "env" | "fence" | "actor">,
  { ports, steps }: RunContext,
): Promise<void> {
  const { attempts } = earlierAttempts(await ports.journal.records(abandoned));
  await ports.journal.append(
    {
      app,
      env,
      fence,
      actor,
      type: "deployment",
      deploymentId: abandoned,
      attempt: Math.max(1, attempts),
      step: undefined,
      phase: "outcome",
      outcome: "interrupted",
      data: { because: `nobody resumed it before ${purpose} ${release.id}` },
    },
    [{ kind: "end", outcome: "interrupted" }],
  );
  steps.warn(`${abandoned} had been left open; recorded as interrupted`);
}
