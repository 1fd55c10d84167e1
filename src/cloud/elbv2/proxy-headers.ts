import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders } from "node:http";
import { randomBytes } from "node:crypto";

// They concern one connection only (RFC 9110 §7.6.1), and each side of the balancer has its own.
const HOP_BY_HOP = [
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];

export function endToEnd(headers: IncomingHttpHeaders): OutgoingHttpHeaders {
  const named = (headers.connection ?? "").split(",").map((name) => name.trim().toLowerCase());
  const kept: OutgoingHttpHeaders = {};
  for (const [name, value] of Object.entries(headers)) {
    if (!HOP_BY_HOP.includes(name) && !named.includes(name)) kept[name] = value;
  }
  return kept;
}

/** The headers of a client's request as the target gets them. */
export function forwarded(request: IncomingMessage, port: number): OutgoingHttpHeaders {
  const client = request.socket.remoteAddress ?? "";
  const before = request.headers["x-forwarded-for"];
  const headers: OutgoingHttpHeaders = {
    ...endToEnd(request.headers),
    "x-forwarded-for": before === undefined ? client : `${String(before)}, ${client}`,
    "x-forwarded-proto": "http",
    "x-forwarded-port": String(port),
    "x-amzn-trace-id": request.headers["x-amzn-trace-id"] ?? traceId(),
  };
  // A body whose length is not known goes on in chunks, as it came.
  if (request.headers["transfer-encoding"] !== undefined) headers["transfer-encoding"] = "chunked";
  return headers;
}

function traceId(): string {
  const seconds = Math.floor(Date.now() / 1000).toString(16);
  return `Root=1-${seconds}-${randomBytes(12).toString("hex")}`;
}
