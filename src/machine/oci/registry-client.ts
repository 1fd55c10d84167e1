import pRetry, { AbortError } from "p-retry";
import { SlipwayError } from "../../core/errors.ts";
import { idleFetch } from "./idle-fetch.ts";
import { type Reference, formatReference } from "./reference.ts";
import { answerChallenge, parseChallenge } from "./registry-auth.ts";
import { registryFault, registryRefused, registryUnreachable } from "./registry-problems.ts";
import type { RegistryOptions } from "./registry-types.ts";

export interface RegistryRequest {
  readonly method: "GET" | "HEAD" | "POST" | "PUT";
  /** Below `/v2/<repository>/`, or an absolute address the registry gave. */
  readonly path: string | URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: globalThis.Blob | Uint8Array<ArrayBuffer>;
  /** Statuses that are answers besides 2xx. */
  readonly alsoAccepts?: readonly number[];
}

type Read<Result> = (response: Response) => Promise<Result>;

/** One repository of one registry: requests with deadlines, retries and log-in. */
export class RegistryClient {
  readonly #base: URL;
  readonly #repository: string;
  readonly #options: RegistryOptions;
  readonly #authorization = new Map<string, string>();
  /** The image's name, for messages. */
  readonly name: string;

  constructor(reference: Reference, options: RegistryOptions) {
    this.#base = new URL(`${registryOrigin(reference.registry)}/v2/${reference.repository}/`);
    this.#repository = reference.repository;
    this.#options = options;
    this.name = formatReference(reference);
  }

  /**
   * Sends a request and reads the answer, again when that fails for a passing reason.
   * Throws REGISTRY_UNREACHABLE, REGISTRY_REFUSED, REGISTRY_FAULT.
   */
  send<Result>(request: RegistryRequest, read: Read<Result>): Promise<Result> {
    return this.sendAll((once) => once(request, read));
  }

  /** The same for several requests that only make sense together: all of them again. */
  async sendAll<Result>(
    work: (
      once: <Answer>(request: RegistryRequest, read: Read<Answer>) => Promise<Answer>,
    ) => Promise<Result>,
  ): Promise<Result> {
    const { retries = 3, retryAfterMs = 500, signal } = this.#options;
    const options = { retries, minTimeout: retryAfterMs, maxTimeout: 20_000, randomize: true };
    try {
      return await pRetry(
        () => work((request, read) => this.#attempt(request, read)),
        signal === undefined ? options : { ...options, signal },
      );
    } catch (error) {
      signal?.throwIfAborted();
      throw error instanceof SlipwayError || isDiskFault(error)
        ? error
        : registryUnreachable(this.name, error);
    }
  }

  async #attempt<Result>(request: RegistryRequest, read: Read<Result>): Promise<Result> {
    let response = await this.#fetch(request);
    if (response.status === 401 && (await this.#logIn(request, response)))
      response = await this.#fetch(request);
    const { status } = response;
    if (response.ok || request.alsoAccepts?.includes(status) === true) {
      try {
        return await read(response);
      } catch (error) {
        // A wrong digest or a full disk stays; a connection that broke may be whole the next time.
        if (error instanceof SlipwayError || isDiskFault(error)) throw new AbortError(error as Error);
        throw error;
      }
    }
    const detail = errorDetail(await response.text().catch(() => ""));
    if (status === 429 || status >= 500) throw registryFault(this.name, answered(status, detail));
    if (status === 401 || status === 403) throw new AbortError(registryRefused(this.name, status, detail));
    throw new AbortError(registryFault(this.name, answered(status, detail)));
  }

  #fetch(request: RegistryRequest): Promise<Response> {
    const url = new URL(request.path, this.#base);
    const authorization =
      url.origin === this.#base.origin ? this.#authorization.get(scopeOf(request)) : undefined;
    const headers = { ...request.headers, ...(authorization === undefined ? {} : { authorization }) };
    return idleFetch(url, { method: request.method, headers, body: request.body ?? null }, this.#options);
  }

  async #logIn(request: RegistryRequest, refused: Response): Promise<boolean> {
    const challenge = parseChallenge(refused.headers.get("www-authenticate") ?? "");
    await refused.body?.cancel();
    if (challenge === undefined) return false;
    const scope = scopeOf(request);
    const get = (url: URL, headers: Record<string, string>) => idleFetch(url, { headers }, this.#options);
    const answer = await answerChallenge(
      challenge,
      `repository:${this.#repository}:${scope}`,
      this.#options.credentials,
      get,
    ).catch((error: unknown) => {
      throw error instanceof SlipwayError ? new AbortError(error) : error;
    });
    this.#authorization.set(scope, answer);
    return true;
  }
}

/** Plain HTTP is for registries of this machine; everything else is asked over TLS. */
function registryOrigin(registry: string): string {
  if (registry === "docker.io") return "https://registry-1.docker.io";
  const { hostname } = new URL(`http://${registry}`);
  const loopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
  return `${loopback ? "http" : "https"}://${registry}`;
}

function scopeOf({ method }: RegistryRequest): string {
  return method === "GET" || method === "HEAD" ? "pull" : "pull,push";
}

function answered(status: number, detail: string): string {
  return `it answered ${status}${detail === "" ? "" : `: ${detail}`}`;
}

function errorDetail(body: string): string {
  try {
    const { errors } = JSON.parse(body) as { errors?: { code?: string; message?: string }[] };
    return (errors ?? [])
      .map(({ code, message }) => [code, message].filter(Boolean).join(" "))
      .join("; ")
      .slice(0, 500);
  } catch {
    return "";
  }
}

function isDiskFault(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return ["ENOSPC", "EACCES", "EROFS", "EDQUOT", "ENOENT", "EIO"].includes(code);
}
