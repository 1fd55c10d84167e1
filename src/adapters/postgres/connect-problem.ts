import type { Problem } from "../../core/errors.ts";
import type { Address, DatabaseUse } from "./address.ts";

/** Node's codes of certificates that cannot be trusted. */
const CERTIFICATE_FAULTS = new Set([
  "SELF_SIGNED_CERT_IN_CHAIN",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_GET_ISSUER_CERT",
  "CERT_HAS_EXPIRED",
  "ERR_TLS_CERT_ALTNAME_INVALID",
]);

/** Why a connection could not be made: told by SQLSTATE and system error code, never by the sentence of either. */
export function connectProblem(
  error: unknown,
  use: DatabaseUse,
  address: Address,
  timedOutAfterMs: number | undefined,
): Problem {
  const told = tell(error, address, timedOutAfterMs);
  if (told !== undefined) return { code: `${use}_${told.code}`, at: address.text, ...rest(told) };
  return {
    code: `${use}_UNREACHABLE`,
    at: address.text,
    says: `cannot be connected to: ${error instanceof Error ? error.message : String(error)}`,
    hint: "check that a Postgres listens there and that its log says nothing else",
  };
}

interface Told {
  readonly code: string;
  readonly says: string;
  readonly hint: string;
}

function rest({ says, hint }: Told): Pick<Problem, "says" | "hint"> {
  return { says, hint };
}

function tell(error: unknown, address: Address, timedOutAfterMs: number | undefined): Told | undefined {
  const code = codeOf(error);
  const { host, port, user, database } = address;
  if (timedOutAfterMs !== undefined) {
    return {
      code: "UNREACHABLE",
      says: `did not answer within ${timedOutAfterMs / 1000} s`,
      hint: "check the host, the port, and the firewall between here and there",
    };
  }
  if (CERTIFICATE_FAULTS.has(code)) {
    return {
      code: "CERTIFICATE",
      says: `the server's certificate is not trusted (${code})`,
      hint: "add ?sslmode=verify-full&sslrootcert=<file of its certificate authority> to the URL",
    };
  }
  if (code === "ENOENT" && syscallOf(error) === "open") {
    return {
      code: "CERTIFICATE",
      says: "a certificate file that the URL names cannot be read",
      hint: "mend sslrootcert, sslcert and sslkey in the URL",
    };
  }
  switch (code) {
    case "ECONNREFUSED":
    case "ENOENT":
      return {
        code: "UNREACHABLE",
        says: `nothing listens on port ${port} of ${host}`,
        hint: "start the server, or mend the host and the port in the URL",
      };
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return { code: "UNREACHABLE", says: `no such host: ${host}`, hint: "mend the host in the URL" };
    case "ETIMEDOUT":
    case "EHOSTUNREACH":
    case "ENETUNREACH":
      return {
        code: "UNREACHABLE",
        says: `there is no way to ${host} (${code})`,
        hint: "check the network and the firewall between here and there",
      };
    case "ECONNRESET":
    case "EPIPE":
      return {
        code: "UNREACHABLE",
        says: "the server closed the connection at once",
        hint: "check that a Postgres listens there and not something else",
      };
    case "28P01":
      return {
        code: "PASSWORD_WRONG",
        says: `the password for ${JSON.stringify(user)} is wrong, or there is no such role`,
        hint: "mend the user and the password in the URL",
      };
    case "28000":
      return address.encrypted
        ? {
            code: "REFUSED",
            says: `the server does not let ${JSON.stringify(user)} in from here`,
            hint: "check the role and the server's pg_hba.conf",
          }
        : {
            code: "TLS_NEEDED",
            says: `the server does not let ${JSON.stringify(user)} in from here without TLS`,
            hint: "add ?sslmode=verify-full to the URL; if it has that already, check the server's pg_hba.conf",
          };
    case "3D000":
      return {
        code: "MISSING",
        says: `the server has no database ${JSON.stringify(database)}`,
        hint: `create it: createdb ${database}`,
      };
    case "42501":
      return {
        code: "REFUSED",
        says: `${JSON.stringify(user)} may not connect to the database ${JSON.stringify(database)}`,
        hint: `grant connect on database ${database} to ${user}`,
      };
    case "53300":
      return {
        code: "UNREACHABLE",
        says: "the server has no connection free",
        hint: "raise max_connections, or end idle sessions (pg_stat_activity shows them)",
      };
    case "57P03":
      return {
        code: "UNREACHABLE",
        says: "the server is starting up or shutting down",
        hint: "try again in a moment",
      };
    case "08P01":
    case "0A000":
      return POOLER;
    default:
      return undefined;
  }
}

const POOLER: Told = {
  code: "BEHIND_POOLER",
  says: "is a connection pooler, which hands the server's sessions on",
  hint: "give the URL of the server itself; locks and settings need a session of their own",
};

/** The server was reached through something that hands its sessions on to others. */
export function poolerProblem(use: DatabaseUse, address: Address): Problem {
  return { code: `${use}_${POOLER.code}`, at: address.text, ...rest(POOLER) };
}

/** SQLSTATE or system code of a foreign error; empty when it has none. */
export function codeOf(error: unknown): string {
  if (typeof error !== "object" || error === null || !("code" in error)) return "";
  return typeof error.code === "string" ? error.code : "";
}

function syscallOf(error: unknown): unknown {
  return typeof error === "object" && error !== null && "syscall" in error ? error.syscall : undefined;
}
