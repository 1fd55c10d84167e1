import type { IncomingMessage } from "node:http";
import { AwsError } from "./aws-error.ts";

/** The whole body of a request. Throws `RequestEntityTooLarge` above `limit` bytes. */
export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) {
      throw new AwsError("RequestEntityTooLarge", `The request is larger than ${limit} bytes.`, {
        status: 413,
      });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
