import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { Secret } from "../../../src/core/secret.ts";
import { httpProbe } from "../../../src/adapters/http/http-probe.ts";

let server: Server | undefined;
afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((closed) => (server === undefined ? closed(undefined) : server.close(closed)));
  server = undefined;
});

async function serve(listener: RequestListener): Promise<string> {
  server = createServer(listener).listen(0, "127.0.0.1");
  await new Promise((listening) => server?.once("listening", listening));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const ask = (url: string, more: object = {}) =>
  httpProbe.ask({ method: "GET", url, headers: {}, secrets: {}, body: undefined, timeoutMs: 2000, ...more });

test("a request goes out as it is described, on a connection of its own", async () => {
  const url = await serve((request, response) => {
    let body = "";
    request.on("data", (chunk) => (body += String(chunk)));
    request.on("end", () =>
      response.end(
        JSON.stringify([request.method, request.headers["x-a"], request.headers.connection, body]),
      ),
    );
  });

  expect(await ask(url, { method: "POST", headers: { "x-a": "b" }, body: "hello" })).toEqual({
    kind: "answer",
    status: 200,
    body: JSON.stringify(["POST", "b", "close", "hello"]),
  });
});

test("a secret goes out in a header, and does not come back in the answer", async () => {
  const url = await serve(
    (request, response) => void response.end(`you said ${request.headers.authorization}`),
  );
  const secrets = { "{secret:token}": new Secret("token", "s3cret") };

  expect(await ask(url, { headers: { authorization: "Bearer {secret:token}" }, secrets })).toEqual({
    kind: "answer",
    status: 200,
    body: "you said Bearer <token>",
  });
});

test("a redirect is an answer, not a way to go", async () => {
  const url = await serve((_request, response) => response.writeHead(302, { location: "/elsewhere" }).end());
  expect(await ask(url)).toEqual({ kind: "answer", status: 302, body: "" });
});

test("a body without end is cut", async () => {
  const url = await serve((_request, response) => {
    const more = () => {
      while (!response.destroyed && response.write("x".repeat(65_536)));
    };
    response.on("drain", more);
    more();
  });

  const answer = await ask(url);
  expect(answer.kind === "answer" && answer.body.length).toBe(1024 * 1024);
});

test("a server that does not answer in time, and none at all, are no answers", async () => {
  const url = await serve(() => undefined);
  expect(await ask(url, { timeoutMs: 100 })).toEqual({ kind: "no-answer", because: "no answer in time" });

  const gone = url;
  server?.closeAllConnections();
  await new Promise((closed) => server?.close(closed));
  server = undefined;
  expect(await ask(gone)).toEqual({ kind: "no-answer", because: "ECONNREFUSED" });
});
