import { SlipwayError, type Problem } from "../../core/errors.ts";
import type { CloudState } from "./state-file.ts";

/** Asks the daemon of a running cloud. Throws the problem it answers with, or CLOUD_SILENT when it does not answer. */
export async function askDaemon<T>(
  state: CloudState,
  what: "status" | "provision" | "faults" | "stop",
  body: unknown,
  timeoutMs: number,
): Promise<T> {
  let answer: { readonly answer?: T; readonly problem?: Problem };
  try {
    const response = await fetch(`${state.endpoint}/_slipway/${what}`, {
      method: "POST",
      headers: { "x-slipway-token": state.controlToken, connection: "close" },
      body: JSON.stringify(body ?? {}),
      signal: AbortSignal.timeout(timeoutMs),
    });
    answer = (await response.json()) as typeof answer;
  } catch (error) {
    throw new SlipwayError(
      {
        code: "CLOUD_SILENT",
        at: state.endpoint,
        says: `the local cloud (process ${state.pid}) runs but does not answer`,
        hint: "stop it with `slipway cloud down`",
      },
      "outcomeUnknown",
      { cause: error },
    );
  }
  if (answer.problem !== undefined) throw new SlipwayError(answer.problem, "verifyFailed");
  return answer.answer as T;
}
