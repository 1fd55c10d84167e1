import { SlipwayError, type ExitKind, type Problem } from "../../core/errors.ts";

interface AwsFault extends Error {
  readonly code?: string;
  readonly $fault?: "client" | "server";
  readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string };
}

type Meaning = Pick<Problem, "code" | "hint">;

const BY_NAME: Readonly<Record<string, Meaning>> = {
  ...meaning(
    ["ExpiredToken", "ExpiredTokenException", "RequestExpired"],
    "CREDENTIALS_EXPIRED",
    "start the run again, or ask for a longer session in the workflow",
  ),
  ...meaning(
    [
      "CredentialsProviderError",
      "InvalidClientTokenId",
      "UnrecognizedClientException",
      "InvalidSignatureException",
      "SignatureDoesNotMatch",
      "MissingAuthenticationToken",
    ],
    "CREDENTIALS_REFUSED",
    "give credentials of the environment's account (`aws sts get-caller-identity` shows whose they are)",
  ),
  ...meaning(["AccessDenied", "AccessDeniedException"], "ACCESS_DENIED", "let the deploying role do this"),
  ...meaning(
    ["Throttling", "ThrottlingException", "TooManyRequestsException", "RequestLimitExceeded"],
    "AWS_THROTTLED",
    "run the same command again in a minute",
  ),
  ...meaning(
    ["ClusterNotFoundException"],
    "CLUSTER_MISSING",
    "create the cluster, or name the right one in the config",
  ),
  ...meaning(
    ["ECONNREFUSED", "ECONNRESET", "ENOTFOUND", "EAI_AGAIN", "ETIMEDOUT", "TimeoutError", "NetworkingError"],
    "AWS_UNREACHABLE",
    "check the network; for the local cloud: `slipway cloud status`",
  ),
};

/** Asks AWS and gives every refusal our own words, by name and status, never by sentence. */
export async function ask<T>(service: string, operation: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw translated(error, `aws/${service}/${operation}`);
  }
}

/** Is this what AWS calls the error? For answers that are expected, such as "there is none". */
export function isNamed(error: unknown, ...names: readonly string[]): boolean {
  return error instanceof Error && names.includes(error.name);
}

function translated(error: unknown, at: string): unknown {
  if (!(error instanceof Error) || error instanceof SlipwayError) return error;
  const fault: AwsFault = error;

  const known = BY_NAME[fault.name] ?? BY_NAME[fault.code ?? ""] ?? byStatus(fault);
  if (known === undefined) return error;
  const request = fault.$metadata?.requestId === undefined ? "" : `, request ${fault.$metadata.requestId}`;
  const exit: ExitKind = "verifyFailed";
  return new SlipwayError(
    { ...known, at, says: `${fault.message || fault.name} (${fault.name}${request})` },
    exit,
    {
      cause: error,
    },
  );
}

function byStatus(fault: AwsFault): Meaning | undefined {
  const status = fault.$metadata?.httpStatusCode;
  if (status !== undefined && status >= 500) {
    return { code: "AWS_FAULT", hint: "run the same command again; AWS answered with a fault of its own" };
  }
  return fault.$fault === "client" ? { code: "AWS_REFUSED", hint: "mend what AWS says is wrong" } : undefined;
}

function meaning(names: readonly string[], code: string, hint: string): Record<string, Meaning> {
  return Object.fromEntries(names.map((name) => [name, { code, hint }]));
}
