import { generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** The runner's password for tokens. */
export const RUNNER_PASSWORD = "runner-password-planted";

type User = Readonly<Record<string, unknown>> | "workflow" | "exhausted";

/** A GitHub on loopback; fake-github.md says how it behaves. */
export class FakeGithub implements AsyncDisposable {
  readonly users = new Map<string, User>();
  readonly runs = new Map<string, unknown>();
  readonly requests: string[] = [];
  jwks: "up" | "down" | "error" | "silent" = "up";
  /** Claims of the tokens that the runner hands out. */
  claims: Readonly<Record<string, unknown>> = {};
  readonly #server: Server;
  readonly #key = generateKeyPairSync("rsa", { modulusLength: 2048 });

  private constructor() {
    this.#server = createServer((request, response) => this.#answer(request, response));
  }

  static async start(): Promise<FakeGithub> {
    const fake = new FakeGithub();
    fake.#server.listen(0, "127.0.0.1");
    await new Promise((listening) => fake.#server.once("listening", listening));
    return fake;
  }

  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The variables by which it is found. */
  get env(): NodeJS.ProcessEnv {
    return {
      GITHUB_API_URL: `http://${this.host}/api`,
      SLIPWAY_GITHUB_ISSUER: `http://${this.host}/issuer`,
    };
  }

  get runnerEnv(): NodeJS.ProcessEnv {
    return {
      ACTIONS_ID_TOKEN_REQUEST_URL: `http://${this.host}/runner?api-version=2.0`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: RUNNER_PASSWORD,
    };
  }

  /** A token of this issuer, with these claims. */
  token(
    claims: Readonly<Record<string, unknown>>,
    options: { key?: KeyObject; header?: object } = {},
  ): string {
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const head = part({ alg: "RS256", typ: "JWT", kid: "one", ...options.header });
    const body = part({ iss: `http://${this.host}/issuer`, ...claims });
    const signature = sign("sha256", Buffer.from(`${head}.${body}`), options.key ?? this.#key.privateKey);
    return `${head}.${body}.${signature.toString("base64url")}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((closed) => this.#server.close(closed));
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? "/", `http://${this.host}`);
    this.requests.push(`${request.method} ${url.pathname}`);
    const bearer = request.headers.authorization?.replace(/^Bearer /, "") ?? "";
    if (url.pathname === "/api/user") this.#user(bearer, response);
    else if (url.pathname === "/issuer/.well-known/jwks") this.#keys(response);
    else if (url.pathname === "/runner") this.#hand(url.searchParams.get("audience"), bearer, response);
    else {
      const run = this.runs.get(url.pathname.replace("/api/repos/", "").replace("/actions/runs/", "/"));
      send(response, run === undefined ? 404 : 200, run ?? { message: "Not Found" });
    }
  }

  #user(bearer: string, response: ServerResponse): void {
    const user = this.users.get(bearer);
    if (user === undefined) send(response, 401, { message: "Bad credentials" });
    else if (user === "workflow") send(response, 403, { message: "Resource not accessible by integration" });
    else if (user === "exhausted") {
      response.setHeader("x-ratelimit-remaining", "0");
      send(response, 403, { message: "API rate limit exceeded" });
    } else send(response, 200, user);
  }

  #keys(response: ServerResponse): void {
    if (this.jwks === "silent") return;
    if (this.jwks === "down") response.destroy();
    else if (this.jwks === "error") send(response, 500, {});
    else {
      const jwk = this.#key.publicKey.export({ format: "jwk" });
      send(response, 200, { keys: [{ ...jwk, kid: "one", use: "sig", alg: "RS256" }] });
    }
  }

  #hand(audience: string | null, bearer: string, response: ServerResponse): void {
    if (bearer !== RUNNER_PASSWORD) send(response, 401, {});
    else send(response, 200, { value: this.token({ ...this.claims, aud: audience }) });
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
