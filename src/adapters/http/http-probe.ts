import type { HttpAnswer, HttpProbe, HttpRequest } from "../../ports/http-probe.ts";

const BODY_LIMIT = 1024 * 1024;

/** Asks over HTTP with a connection of its own each time, so that a drained server is never asked again. */
export const httpProbe: HttpProbe = { ask };

async function ask(request: HttpRequest): Promise<HttpAnswer> {
  const secrets = Object.entries(request.secrets);
  const withSecrets = (text: string) =>
    secrets.reduce(
      (filled, [placeholder, secret]) => filled.replaceAll(placeholder, () => secret.reveal()),
      text,
    );
  const scrubbed = (text: string) =>
    secrets.reduce((clean, [, secret]) => clean.replaceAll(secret.reveal(), () => String(secret)), text);
  try {
    const headers = Object.entries(request.headers).map(([name, text]) => [name, withSecrets(text)] as const);
    const response = await fetch(request.url, {
      method: request.method,
      headers: { connection: "close", ...Object.fromEntries(headers) },
      ...(request.body === undefined ? {} : { body: request.body }),
      redirect: "manual",
      signal: AbortSignal.timeout(request.timeoutMs),
    });
    return {
      kind: "answer",
      status: response.status,
      body: scrubbed(await readAtMost(response, BODY_LIMIT)),
    };
  } catch (error) {
    // A header that HTTP does not allow is quoted in the error.
    return { kind: "no-answer", because: scrubbed(reason(error)) };
  }
}

async function readAtMost(response: Response, limit: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= limit) break;
  }
  return Buffer.concat(chunks).subarray(0, limit).toString("utf8");
}

// fetch says "fetch failed" and keeps what happened in the cause.
function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return "no answer in time";
  const cause = error.cause as NodeJS.ErrnoException | undefined;
  return cause?.code ?? cause?.message ?? error.message;
}
