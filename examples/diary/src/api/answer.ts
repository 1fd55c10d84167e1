import type { ServerResponse } from "node:http";

/** What goes back to the caller. */
export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer that says what is wrong. */
export function refusal(status: number, error: string, details: readonly string[] = []): Answer {
  return { status, body: details.length === 0 ? { error } : { error, details } };
}

export function send(response: ServerResponse, answer: Answer): void {
  const text = answer.body === undefined ? "" : JSON.stringify(answer.body);
  response.writeHead(answer.status, {
    ...(text === "" ? {} : { "content-type": "application/json" }),
    "content-length": Buffer.byteLength(text),
    "cache-control": "no-store",
    ...answer.headers,
  });
  response.end(response.req.method === "HEAD" ? undefined : text);
}
