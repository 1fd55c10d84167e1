/**
 * `fetch` that gives up when nothing arrives for `idleMs`: no answer, or an answer that stops in the middle. The answer
 * of a large upload may take as long as bytes are on their way, which fetch does not show; so uploads get a limit that
 * grows with their size.
 */
export async function idleFetch(
  url: URL,
  init: {
    method?: string;
    headers?: Record<string, string>;
    body?: globalThis.Blob | Uint8Array<ArrayBuffer> | null;
  },
  options: { readonly idleMs?: number; readonly signal?: AbortSignal },
): Promise<Response> {
  const idleMs = options.idleMs ?? 30_000;
  const watch = new AbortController();
  const late = () => watch.abort(new DOMException(`nothing arrived for ${idleMs} ms`, "TimeoutError"));
  let timer = setTimeout(late, idleMs + uploadMs(init.body)).unref();
  const signal =
    options.signal === undefined ? watch.signal : AbortSignal.any([options.signal, watch.signal]);
  const { method = "GET", headers = {}, body = null } = init;
  let response: Response;
  try {
    response = await fetch(url, { method, headers, body, signal });
  } catch (error) {
    clearTimeout(timer);
    throw watch.signal.aborted ? watch.signal.reason : error;
  }
  clearTimeout(timer);
  if (response.body === null) return response;

  const watched = response.body.pipeThrough(
    new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      start() {
        timer = setTimeout(late, idleMs).unref();
      },
      transform(chunk, controller) {
        timer.refresh();
        controller.enqueue(chunk);
      },
      flush: () => clearTimeout(timer),
      cancel: () => clearTimeout(timer),
    }),
  );
  const { status, statusText, headers: answered } = response;
  return new Response(watched, { status, statusText, headers: answered });
}

// A slow line moves a megabyte a second.
function uploadMs(body: globalThis.Blob | Uint8Array | null | undefined): number {
  if (body === null || body === undefined) return 0;
  return (body instanceof Uint8Array ? body.length : body.size) / 1000;
}
