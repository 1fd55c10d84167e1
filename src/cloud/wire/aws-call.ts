import type { Input } from "./input.ts";

/** Who signed a call, as the signature says. The signature itself is not verified: this cloud has no secrets to prove. */
export interface Caller {
  readonly accessKey: string;
  readonly region: string;
  /** The service's name in the signature's scope, such as `ecs` or `elasticloadbalancing`. */
  readonly scope: string;
}

/** One operation of one service. */
type Operation = (input: Input, caller: Caller) => unknown;

export type Operations = Readonly<Record<string, Operation>>;

/** One AWS service as the endpoint sees it. */
export interface AwsService {
  readonly protocol: "json" | "query";
  /** JSON: what stands before the dot in `X-Amz-Target`. Query: the service's name in the signature's scope. */
  readonly name: string;
  /** Query: the XML namespace of the answers. */
  readonly namespace?: string;
  /** Code of the error for an input that cannot be read. */
  readonly invalidInput: string;
  readonly operations: Operations;
}
