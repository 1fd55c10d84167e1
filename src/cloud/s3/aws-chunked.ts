import type { IncomingHttpHeaders } from "node:http";
import { AwsError } from "../wire/aws-error.ts";

/** The body inside of it, and the headers that came after it. */
export interface Unframed {
  readonly body: Buffer;
  readonly trailers: Readonly<Record<string, string>>;
}

/**
 * Takes the framing off a body sent as `aws-chunked` (the `STREAMING-…` payloads of Signature Version 4): size in hex,
 * perhaps a signature, bytes, and in the end the trailing headers. Throws IncompleteBody.
 */
export function unframe(headers: IncomingHttpHeaders, sent: Buffer): Unframed {
  const payload = headers["x-amz-content-sha256"];
  if (typeof payload !== "string" || !payload.startsWith("STREAMING-")) return { body: sent, trailers: {} };

  const parts: Buffer[] = [];
  let at = 0;
  for (;;) {
    const line = lineAt(sent, at);
    const size = /^([0-9a-f]{1,8})(;|$)/i.exec(line)?.[1];
    if (size === undefined) throw incomplete();
    at += line.length + 2;
    const length = Number.parseInt(size, 16);
    if (length === 0) break;
    if (at + length + 2 > sent.length) throw incomplete();
    parts.push(sent.subarray(at, at + length));
    at += length + 2;
  }
  const body = Buffer.concat(parts);
  const announced = headers["x-amz-decoded-content-length"];
  if (announced !== undefined && Number(announced) !== body.length) throw incomplete();
  return { body, trailers: readTrailers(sent.subarray(at).toString("latin1")) };
}

function lineAt(sent: Buffer, at: number): string {
  const end = sent.indexOf("\r\n", at, "latin1");
  if (end === -1 || end - at > 1024) throw incomplete();
  return sent.toString("latin1", at, end);
}

function readTrailers(text: string): Record<string, string> {
  const lines = text.split("\r\n").filter((line) => line.includes(":"));
  return Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
}

function incomplete(): AwsError {
  const says = "You did not provide the number of bytes specified by the Content-Length HTTP header";
  return new AwsError("IncompleteBody", says);
}
