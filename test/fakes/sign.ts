import type { Meaning } from "../../src/core/acts/types.ts";
import type { ActChange } from "../../src/ports/journal.ts";
import type { World } from "./world.ts";

/** Puts an act on the ledger, as the verbs that people use do. */
export async function act(world: World, change: ActChange, env = "local"): Promise<void> {
  await world.ledger.append(
    {
      type: "act",
      app: "diary",
      env,
      deploymentId: "act",
      step: undefined,
      attempt: 1,
      phase: "outcome",
      outcome: undefined,
      fence: null,
      actor: "somebody",
      data: {},
    },
    [change],
  );
}

/** A person's signature for a release and a plan, good for a day. */
export async function sign(
  world: World,
  given: {
    readonly id: string;
    readonly person: string;
    readonly role: string;
    readonly releaseSha256: string;
    readonly planSha256: string;
    readonly env?: string;
    readonly meaning?: Meaning;
  },
): Promise<void> {
  const { id, person, role, releaseSha256, planSha256, env = "local", meaning = "approved" } = given;
  const subject = { app: "diary", env, releaseSha256, planSha256 };
  const identity = {
    issuer: "github",
    subject: `github:${person}`,
    method: "oidc",
    shownName: person,
    authTime: undefined,
  } as const;
  const approval = {
    id,
    subject,
    role,
    person,
    printedName: person,
    meaning,
    reason: "looked at it",
    identity,
  };
  await act(world, { kind: "approve", approval, validForSeconds: 86_400 }, env);
}
