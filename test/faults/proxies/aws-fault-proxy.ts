import {
  Agent,
  createServer,
  request,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { isRead, readAwsCall, type AwsCall } from "./aws-call.ts";
import { answerError } from "./aws-error-answer.ts";

/** What the network or AWS can do to one call. */
export const AWS_FAULTS = [
  "throttle",
  "error-500",
  "reset-before",
  "time-out-after-effect",
  "stale-read",
  "expired-credentials",
] as const;

export type AwsFault = (typeof AWS_FAULTS)[number] | "hang-after-effect";

export interface SeenCall {
  /** From 1. */
  readonly n: number;
  readonly service: string;
  readonly operation: string;
  readonly isRead: boolean;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly fault: AwsFault | "refused" | undefined;
  /** Did it reach the cloud? */
  readonly passed: boolean;
}

/** An error in the cloud's own words, as it answers to what it does not like. */
export interface AwsRefusal {
  readonly code: string;
  readonly message: string;
}

export type ChooseFault = (call: AwsCall, n: number) => AwsFault | AwsRefusal | undefined;

interface Kept {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

/** Stands in front of an endpoint of AWS, of whatever make, notes every call and lets some of them go wrong. */
export class AwsFaultProxy {
  readonly calls: SeenCall[] = [];
  /** May be changed at any time; applies to the calls after that. */
  choose: ChooseFault;
  /** The clock that answers tell is so many milliseconds ahead. */
  clockMs = 0;
  readonly #target: URL;
  readonly #server: Server;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #answers = new Map<string, Kept>();
  #count = 0;

  private constructor(target: string, choose: ChooseFault) {
    this.#target = new URL(target);
    this.choose = choose;
    this.#server = createServer((incoming, response) => {
      // Whoever is killed in the middle of a call ends its connection; that is what this is for.
      this.#pass(incoming, response).catch(() => response.destroy());
    });
  }

  static async start(target: string, choose: ChooseFault = () => undefined): Promise<AwsFaultProxy> {
    const proxy = new AwsFaultProxy(target, choose);
    await new Promise<void>((done, failed) => {
      proxy.#server.once("error", failed);
      proxy.#server.listen(0, "127.0.0.1", done);
    });
    return proxy;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#agent.destroy();
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }

  async #pass(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    response.on("error", () => undefined);
    const body = await buffer(incoming);
    const { method = "GET", url = "/", headers } = incoming;
    const call = readAwsCall(method, url, headers, body.toString("utf8"));
    const n = call === undefined ? 0 : ++this.#count;
    const chosen = call === undefined ? undefined : this.choose(call, n);
    const fault = typeof chosen === "object" ? "refused" : chosen;
    const at = Date.now();
    if (call !== undefined) {
      const { service, operation } = call;
      const passed = fault === undefined || fault.endsWith("after-effect");
      this.calls.push({ n, service, operation, isRead: isRead(call), at, fault, passed });
    }

    if (call !== undefined && typeof chosen === "object") {
      answerError(response, call, { status: 400, ...chosen });
      return;
    }
    if (call !== undefined && this.#answered(call, fault, incoming, response)) return;
    const answer = await this.#ask(method, url, headers, body);
    if (fault === "time-out-after-effect") incoming.socket.destroy();
    else if (fault !== "hang-after-effect") send(response, this.#timed(answer));
    if (call !== undefined && isRead(call)) this.#answers.set(call.key, answer);
  }

  /** Ends the call without the cloud when its fault says so. */
  #answered(
    call: AwsCall,
    fault: SeenCall["fault"],
    incoming: IncomingMessage,
    response: ServerResponse,
  ): boolean {
    const error = (status: number, code: string, message: string) => {
      answerError(response, call, { status, code, message });
      return true;
    };
    switch (fault) {
      case "throttle":
        return error(400, call.protocol === "json" ? "ThrottlingException" : "Throttling", "Rate exceeded");
      case "error-500":
        return error(500, call.protocol === "json" ? "ServerException" : "InternalFailure", "internal error");
      case "expired-credentials":
        return error(403, "ExpiredToken", "The security token included in the request is expired");
      case "reset-before":
        incoming.socket.destroy();
        return true;
      case "stale-read": {
        const old = this.#answers.get(call.key);
        if (old === undefined) return false;
        send(response, old);
        return true;
      }
      default:
        return false;
    }
  }

  #timed(answer: Kept): Kept {
    if (this.clockMs === 0) return answer;
    const date = new Date(Date.now() + this.clockMs).toUTCString();
    return { ...answer, headers: { ...answer.headers, date } };
  }

  #ask(method: string, path: string, headers: IncomingMessage["headers"], body: Buffer): Promise<Kept> {
    return new Promise((done, failed) => {
      const { hostname, port } = this.#target;
      const outgoing = request({ hostname, port, method, path, headers, agent: this.#agent }, (answer) => {
        done(keep(answer));
      });
      outgoing.on("error", failed);
      outgoing.end(body);
    });
  }
}

async function keep(answer: IncomingMessage): Promise<Kept> {
  return { status: answer.statusCode ?? 502, headers: answer.headers, body: await buffer(answer) };
}

function send(response: ServerResponse, { status, headers, body }: Kept): void {
  const { "transfer-encoding": _, ...others } = headers;
  response.writeHead(status, { ...others, "content-length": body.length });
  response.end(body);
}
