import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Door } from "../endpoint.ts";
import { NoAnswer, type Striker } from "../faults/strike.ts";
import type { Scheduler } from "../scheduler.ts";
import { AwsError } from "../wire/aws-error.ts";
import { readBody } from "../wire/read-body.ts";
import { readSignature } from "../wire/signature.ts";
import { unframe } from "./aws-chunked.ts";
import { bucketOperations } from "./bucket-operations.ts";
import type { BucketStore } from "./bucket-store.ts";
import { listOperations } from "./list-operations.ts";
import { objectOperations } from "./object-operations.ts";
import { retentionOperations } from "./retention-operations.ts";
import { tellOperation } from "./tell-operation.ts";
import type { S3Answer } from "./types.ts";
import { writeXml } from "./xml.ts";

// Evidence is small. AWS takes 5 GiB in one put.
const BODY_LIMIT = 64 * 1024 * 1024;

/** S3 with paths as `/bucket/key`: every request that is signed for `s3`, whatever its path. */
export function s3Door(
  store: BucketStore,
  scheduler: Scheduler,
  striker: Striker,
  onFault: (fault: unknown) => void,
): Door {
  const operations = {
    ...bucketOperations(store, scheduler),
    ...objectOperations(store, scheduler),
    ...retentionOperations(store, scheduler),
    ...listOperations(store),
  };

  async function answer(request: IncomingMessage, region: string): Promise<S3Answer> {
    const { headers } = request;
    // Read first: an answer before the end of the body would break the connection.
    const { body, trailers } = unframe(headers, await readBody(request, BODY_LIMIT));
    const { operation: name, bucket, key, query } = tellOperation(request.method ?? "", request.url ?? "/");
    const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
    if (operation !== undefined) {
      const call = { service: "s3", operation: name, protocol: "rest", input: request.url ?? "" } as const;
      return striker.run(call, () => operation({ region, bucket, key, query, headers, body, trailers }));
    }
    const says = `The local cloud does not know this operation of S3; it has ${Object.keys(operations).join(", ")}.`;
    throw new AwsError("NotImplemented", says, { status: 501 });
  }

  return async (request, response) => {
    const caller = readSignature(request.headers.authorization);
    if (caller?.scope !== "s3") return false;
    const requestId = randomUUID();
    const isHead = request.method === "HEAD";
    try {
      send(response, await answer(request, caller.region), requestId, isHead);
    } catch (fault) {
      if (fault instanceof NoAnswer) {
        if (fault.kind === "cut") request.socket.destroy();
        return true;
      }
      if (!(fault instanceof AwsError)) onFault(fault);
      send(response, refused(fault, request, requestId), requestId, isHead);
    }
    return true;
  };
}

function refused(fault: unknown, request: IncomingMessage, requestId: string): S3Answer {
  const says = "We encountered an internal error. Please try again.";
  const error = fault instanceof AwsError ? fault : new AwsError("InternalError", says, { status: 500 });
  const body = writeXml("Error", [
    ["Code", error.code],
    ["Message", error.message],
    ...Object.entries(error.members).map(([name, value]) => [name, String(value)] as const),
    ["Resource", (request.url ?? "/").split("?")[0]],
    ["RequestId", requestId],
  ]);
  return { status: error.status, headers: { "content-type": "application/xml" }, body };
}

function send(response: ServerResponse, answer: S3Answer, requestId: string, isHead: boolean): void {
  if (response.destroyed || response.headersSent) return;
  const isXml = typeof answer.body === "string";
  response.writeHead(answer.status, {
    ...(answer.body === undefined && answer.status !== 204 ? { "content-length": "0" } : {}),
    ...(answer.body === undefined ? {} : { "content-length": String(Buffer.byteLength(answer.body)) }),
    ...(isXml ? { "content-type": "application/xml" } : {}),
    ...answer.headers,
    "x-amz-request-id": requestId,
  });
  response.end(isHead ? undefined : answer.body);
}
