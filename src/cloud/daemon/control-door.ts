import { timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Config } from "../../core/config/types.ts";
import { sentence, SlipwayError, type Problem } from "../../core/errors.ts";
import type { Door } from "../endpoint.ts";
import { readBody } from "../wire/read-body.ts";

/** What the CLI may ask of its daemon. */
export interface Control {
  status(): Promise<unknown>;
  provision(config: Config): Promise<unknown>;
  /** Sets what is to go wrong, when the wish says so, and tells what is set. */
  faults(wish: unknown): unknown;
  /** Stops everything but the answer to this call. */
  stop(): Promise<unknown>;
}

const CONFIG_LIMIT = 4 * 1024 * 1024;

/** The daemon's own door, opened by the token of its state file. Answers `{answer}` or `{problem}`. */
export function controlDoor(token: string, control: Control): Door {
  const acts: Readonly<Record<string, (request: IncomingMessage) => Promise<unknown>>> = {
    "POST /_slipway/status": () => control.status(),
    "POST /_slipway/stop": () => control.stop(),
    "POST /_slipway/faults": async (request) => control.faults(await readJson(request)),
    "POST /_slipway/provision": async (request) => control.provision((await readJson(request)) as Config),
  };
  return async (request, response) => {
    const act = acts[`${request.method} ${request.url}`];
    if (act === undefined) return false;
    if (!same(request.headers["x-slipway-token"], token)) send(response, 403, { problem: "wrong token" });
    else {
      try {
        send(response, 200, { answer: await act(request) });
      } catch (error) {
        send(response, 500, { problem: asProblem(error) });
      }
    }
    return true;
  };
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  return JSON.parse((await readBody(request, CONFIG_LIMIT)).toString("utf8"));
}

function same(given: string | string[] | undefined, token: string): boolean {
  const [a, b] = [Buffer.from(String(given)), Buffer.from(token)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function asProblem(error: unknown): Problem {
  if (error instanceof SlipwayError && error.problems[0] !== undefined) return error.problems[0];
  const says =
    error instanceof Error ? error.message : sentence({ code: "", at: "", says: String(error), hint: "" });
  return { code: "CLOUD_FAULT", at: "local cloud", says, hint: "its log has the details" };
}

function send(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(text),
  });
  response.end(text);
}
