import type { Secret } from "../core/secret.ts";

export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Placeholder in the headers → what it stands for. The answer holds the secret's label wherever it held its value. */
  readonly secrets: Readonly<Record<string, Secret>>;
  readonly body: string | undefined;
  readonly timeoutMs: number;
}

export type HttpAnswer =
  | { readonly kind: "answer"; readonly status: number; readonly body: string }
  | { readonly kind: "no-answer"; readonly because: string };

export interface HttpProbe {
  /** One request, redirects not followed, the body cut at 1 MiB. Never rejects. */
  ask(request: HttpRequest): Promise<HttpAnswer>;
}
