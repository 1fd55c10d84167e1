import { SlipwayError } from "../../core/errors.ts";

/** The registry does not have what was asked for. */
export function imageNotFound(at: string): SlipwayError {
  const hint = "check the name and the tag, or push the image first";
  return problem("IMAGE_NOT_FOUND", at, "the registry has no such image", hint);
}

/** No answer, or a broken one. */
export function registryUnreachable(at: string, cause: unknown): SlipwayError {
  return problem(
    "REGISTRY_UNREACHABLE",
    at,
    reason(cause),
    "check the registry's address and the network",
    cause,
  );
}

/** The registry wants other credentials, or these may not do this. */
export function registryRefused(at: string, status: number, detail: string): SlipwayError {
  const says = `the registry answered ${status}${detail === "" ? "" : `: ${detail}`}`;
  return problem(
    "REGISTRY_REFUSED",
    at,
    says,
    "give a user name and a password that may do this (--username and --password of a `slipway call` that pushes)",
  );
}

/** An answer that a registry should not give. */
export function registryFault(at: string, says: string): SlipwayError {
  return problem("REGISTRY_FAULT", at, says, "try again, or look into the registry's own log");
}

function problem(code: string, at: string, says: string, hint: string, cause?: unknown): SlipwayError {
  return new SlipwayError({ code, at, says, hint }, "verifyFailed", { cause });
}

// fetch hides the interesting part in `cause`.
function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (cause instanceof Error)
    return "code" in cause ? `${String(cause.code)} ${cause.message}`.trim() : cause.message;
  return error.name === "TimeoutError" ? "there was no answer in time" : error.message;
}
