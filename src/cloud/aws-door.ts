import type { Door } from "./endpoint.ts";
import type { Striker } from "./faults/strike.ts";
import { answerCall } from "./wire/answer-call.ts";
import type { AwsService } from "./wire/aws-call.ts";

/** The door for every AWS API call, whatever its protocol. */
export function awsDoor(
  services: readonly AwsService[],
  striker: Striker,
  onFault: (fault: unknown) => void,
): Door {
  return async (request, response) => {
    const isCall =
      request.headers["x-amz-target"] !== undefined || request.headers.authorization?.startsWith("AWS4-");
    const path = (request.url ?? "/").split("?")[0];
    if (path !== "/" || (isCall !== true && request.method !== "POST")) return false;
    await answerCall(request, response, { services, striker, onFault });
    return true;
  };
}
