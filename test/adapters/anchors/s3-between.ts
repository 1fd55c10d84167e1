import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

/** What happens to a request on its way: it is answered here, cut off, or its answer's body is changed. */
export type Mishap =
  | { readonly kind: "answer"; readonly status: number; readonly body: string }
  | { readonly kind: "cut" }
  | { readonly kind: "change"; readonly change: (body: Buffer) => Buffer };

export type ChooseMishap = (method: string, url: string) => Mishap | undefined;

export interface Between extends AsyncDisposable {
  readonly endpoint: string;
  readonly calls: readonly string[];
}

/** Stands between a client and S3 and spoils what `choose` says; the rest goes through as it is. */
export async function standBetween(target: string, choose: ChooseMishap): Promise<Between> {
  const calls: string[] = [];
  async function pass(request: IncomingMessage, response: ServerResponse, mishap: Mishap | undefined) {
    const { method = "", url = "" } = request;
    const body = await buffer(request);
    const headers = Object.entries(request.headers).filter(([name]) => !HOP.includes(name));
    const answer = await fetch(`${target}${url}`, {
      method,
      headers: headers.map(([name, value]): [string, string] => [name, String(value)]),
      ...(method === "GET" || method === "HEAD" ? {} : { body: new Uint8Array(body) }),
    });
    const answered = Buffer.from(await answer.arrayBuffer());
    const changed = mishap?.kind === "change" ? mishap.change(answered) : answered;
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    response.end(changed);
  }

  const server = createServer((request, response) => {
    const { method = "", url = "" } = request;
    calls.push(`${method} ${url}`);
    const mishap = choose(method, url);
    if (mishap?.kind === "cut") request.socket.destroy();
    else if (mishap?.kind === "answer") {
      request.resume();
      response.writeHead(mishap.status, { "content-type": "application/xml" });
      response.end(mishap.body);
    } else pass(request, response, mishap).catch(() => request.socket.destroy());
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    [Symbol.asyncDispose]: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

// Fetch makes these itself.
const HOP = ["connection", "host", "content-length", "expect", "transfer-encoding"];

/** An error as S3 answers it. */
export function s3Error(status: number, code: string): Mishap {
  const body = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>says ${code}</Message></Error>`;
  return { kind: "answer", status, body };
}
