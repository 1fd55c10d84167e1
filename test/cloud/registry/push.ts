import { createHash } from "node:crypto";

export const IMAGE_TYPE = "application/vnd.oci.image.manifest.v1+json";
const AUTHORIZATION = `Basic ${Buffer.from("slipway:slipway").toString("base64")}`;

export function sha256(bytes: string | Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

/** One request of the registry protocol with the practice credentials. */
export function ask(
  registry: string,
  method: string,
  path: string,
  options: { body?: string | Uint8Array; headers?: Record<string, string> } = {},
): Promise<Response> {
  return fetch(new URL(path, `http://${registry}`), {
    method,
    headers: { authorization: AUTHORIZATION, ...options.headers },
    ...(options.body === undefined ? {} : { body: Buffer.from(options.body) }),
  });
}

export async function pushBlob(registry: string, name: string, bytes: string | Uint8Array): Promise<string> {
  const digest = sha256(bytes);
  const answer = await ask(registry, "POST", `/v2/${name}/blobs/uploads/?digest=${digest}`, { body: bytes });
  if (answer.status !== 201)
    throw new Error(`push of a blob was answered with ${answer.status}: ${await answer.text()}`);
  return digest;
}

/** Pushes an image of the given layers and answers its digest. */
export async function pushImage(
  registry: string,
  name: string,
  image: { layers: readonly Uint8Array[]; config?: object; tag?: string; extra?: object },
): Promise<{ digest: string; manifest: string }> {
  const config = JSON.stringify({ architecture: "amd64", os: "linux", ...image.config });
  const layers = [];
  for (const layer of image.layers) {
    const digest = await pushBlob(registry, name, layer);
    layers.push({ mediaType: "application/vnd.oci.image.layer.v1.tar", digest, size: layer.length });
  }
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: IMAGE_TYPE,
    config: {
      mediaType: "application/vnd.oci.image.config.v1+json",
      digest: await pushBlob(registry, name, config),
      size: config.length,
    },
    layers,
    ...image.extra,
  });
  const digest = sha256(manifest);
  const answer = await putManifest(registry, name, image.tag ?? digest, manifest);
  if (answer.status !== 201)
    throw new Error(`push was answered with ${answer.status}: ${await answer.text()}`);
  return { digest, manifest };
}

export function putManifest(
  registry: string,
  name: string,
  reference: string,
  manifest: string,
): Promise<Response> {
  return ask(registry, "PUT", `/v2/${name}/manifests/${reference}`, {
    body: manifest,
    headers: { "content-type": IMAGE_TYPE },
  });
}

/** Status and the code of the first error. */
export async function errorOf(answer: Response): Promise<{ status: number; code: string | undefined }> {
  const body = (await answer.json()) as { errors?: { code: string }[] };
  return { status: answer.status, code: body.errors?.[0]?.code };
}
