import { anchorProblem, type AnchorFault } from "../../core/anchor-problem.ts";
import { SlipwayError } from "../../core/errors.ts";

interface AwsFault extends Error {
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

const MEANINGS: Readonly<Record<string, AnchorFault>> = {
  ECONNREFUSED: "ANCHOR_UNREACHABLE",
  ECONNRESET: "ANCHOR_UNREACHABLE",
  ENOTFOUND: "ANCHOR_UNREACHABLE",
  EAI_AGAIN: "ANCHOR_UNREACHABLE",
  EPIPE: "ANCHOR_UNREACHABLE",
  ETIMEDOUT: "ANCHOR_UNREACHABLE",
  TimeoutError: "ANCHOR_UNREACHABLE",
  NetworkingError: "ANCHOR_UNREACHABLE",
  NoSuchBucket: "ANCHOR_UNREACHABLE",
  CredentialsProviderError: "ANCHOR_DENIED",
  // What S3 answers to a put with a date into a bucket without Object Lock.
  InvalidRequest: "ANCHOR_NOT_LOCKED",
  ObjectLockConfigurationNotFoundError: "ANCHOR_NOT_LOCKED",
};

/** Asks S3 on behalf of an anchor. Refusals become `ANCHOR_…` (exit 11), by name and status, never by sentence. */
export async function askAnchor<T>(place: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof Error) || error instanceof SlipwayError) throw error;
    const fault = meaningOf(error);
    if (fault === undefined) throw error;
    throw anchorProblem(fault, place, `${error.message || error.name} (${error.name})`, error);
  }
}

function meaningOf(error: AwsFault): AnchorFault | undefined {
  const known = MEANINGS[error.name] ?? MEANINGS[error.code ?? ""];
  if (known !== undefined) return known;
  const status = error.$metadata?.httpStatusCode;
  if (status === undefined) return undefined;
  return status === 401 || status === 403 || isExpired(error) ? "ANCHOR_DENIED" : "ANCHOR_UNREACHABLE";
}

// S3 answers these with status 400.
function isExpired({ name }: AwsFault): boolean {
  return name === "ExpiredToken" || name === "InvalidToken";
}
