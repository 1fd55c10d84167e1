import type { JournalEntry } from "../../../src/ports/journal.ts";

export function anEntry(changes: Partial<JournalEntry> = {}): JournalEntry {
  return {
    type: "step",
    app: "diary",
    env: "local",
    deploymentId: "d-1",
    step: "migrate",
    attempt: 1,
    phase: "intent",
    outcome: undefined,
    fence: 1,
    actor: "arn:aws:iam::000000000000:user/slipway",
    data: { pending: ["0001_a.up.sql"] },
    ...changes,
  };
}
