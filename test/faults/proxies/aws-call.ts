import type { IncomingHttpHeaders } from "node:http";

/** One call as the wire shows it: `ecs UpdateService`. */
export interface AwsCall {
  readonly service: string;
  readonly operation: string;
  readonly protocol: "json" | "query" | "rest";
  /** Equal calls have equal keys. */
  readonly key: string;
}

/** Reads what a request asks for, of the protocols that AWS speaks; undefined when it is no call of AWS. */
export function readAwsCall(
  method: string,
  path: string,
  headers: IncomingHttpHeaders,
  body: string,
): AwsCall | undefined {
  const scope = /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\//.exec(headers.authorization ?? "")?.[1];
  if (scope === undefined) return undefined;
  const target = headers["x-amz-target"];
  if (typeof target === "string") return call(scope, target.split(".").at(-1) ?? target, "json", body);
  const action = new URLSearchParams(body).get("Action");
  if (action !== null) return call(scope, action, "query", body);
  return call(scope, `${method} ${path.split("?")[0] ?? path}`, "rest", path);
}

const READS = /^(Describe|List|Get|BatchGet|BatchCheck|Head|GET |HEAD )/;

/** Does the call leave everything as it is? */
export function isRead({ operation }: Pick<AwsCall, "operation">): boolean {
  return READS.test(operation);
}

function call(service: string, operation: string, protocol: AwsCall["protocol"], input: string): AwsCall {
  return { service, operation, protocol, key: `${service} ${operation} ${input}` };
}
