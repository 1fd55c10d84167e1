import { createServer, type IncomingMessage, type Server } from "node:http";
import type { Pool } from "pg";
import { type Answer, refusal, send } from "./answer.ts";
import { bearerToken, callersOf, type FindCaller } from "./caller.ts";
import { entries } from "./entries.ts";
import { isHealthy } from "./health.ts";
import { openapi } from "./openapi.ts";
import type { Settings } from "./settings.ts";

/** The service's HTTP server, not yet listening. */
export function createApi(pool: Pool, settings: Settings): Server {
  const findCaller = callersOf(pool, settings.smokeToken);
  const server = createServer((request, response) => {
    const reply = (found: Answer): void => {
      // While the server closes, a kept-alive connection would only delay its end.
      if (!server.listening) response.setHeader("connection", "close");
      send(response, found);
    };
    answer(request, pool, settings, findCaller).then(reply, (error: unknown) => {
      console.error(`${request.method} ${request.url}:`, error);
      reply(refusal(500, "something went wrong"));
    });
  });
  return server;
}

async function answer(
  request: IncomingMessage,
  pool: Pool,
  settings: Settings,
  findCaller: FindCaller,
): Promise<Answer> {
  const { pathname } = new URL(request.url ?? "/", "http://localhost");
  const isRead = request.method === "GET" || request.method === "HEAD";
  if (isRead && pathname === "/healthz") {
    return (await isHealthy(pool))
      ? { status: 200, body: { status: "ok" } }
      : refusal(503, "the database does not answer");
  }
  if (isRead && pathname === "/version") {
    return { status: 200, body: { version: settings.version, commit: settings.commit, component: "api" } };
  }
  if (isRead && pathname === "/openapi.json") return { status: 200, body: openapi(settings.version) };

  const [, id] = /^\/api\/v1\/entries(?:\/([^/]+))?$/.exec(pathname) ?? [undefined, pathname];
  if (id === pathname) return refusal(404, "there is nothing here");
  const token = bearerToken(request.headers.authorization);
  const caller = token === undefined ? undefined : await findCaller(token);
  if (caller === undefined) {
    return { ...refusal(401, "a valid token is needed"), headers: { "www-authenticate": "Bearer" } };
  }
  return await entries(request, pool, caller, id);
}
