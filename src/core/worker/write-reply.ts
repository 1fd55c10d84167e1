import { SlipwayError } from "../errors.ts";
import { scrubDeep } from "../scrub.ts";
import type { Reply } from "./calls.ts";
import { writeLetter } from "./letters.ts";

/** A reply as it is sent, without secrets. An answer that does not fit into a letter is a fault that does. */
export function writeReply(reply: Reply): string {
  try {
    return writeLetter(scrubDeep(reply));
  } catch (error) {
    if (!(error instanceof SlipwayError) || reply.kind !== "answer") throw error;
    const answer = { kind: "fault", exit: error.exit, problems: error.problems } as const;
    return writeLetter({ ...reply, answer });
  }
}
