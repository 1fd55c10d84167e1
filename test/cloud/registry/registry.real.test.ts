import { CreateRepositoryCommand, GetAuthorizationTokenCommand } from "@aws-sdk/client-ecr";
import { afterAll, beforeAll, expect, test } from "vitest";
import { practiceCloud, type PracticeCloud } from "../practice-cloud.ts";
import { ask, errorOf, IMAGE_TYPE, pushBlob, pushImage, putManifest, sha256 } from "./push.ts";

let practice: PracticeCloud;
let registry: string;
beforeAll(async () => {
  practice = await practiceCloud();
  registry = practice.cloud.registry;
  await practice.clients.ecr.send(new CreateRepositoryCommand({ repositoryName: "diary/api" }));
});
afterAll(() => practice.close());

const LAYER = Buffer.from("layer bytes");

test("an image that was pushed is pulled by its digest and by its tag, byte for byte", async () => {
  const { digest, manifest } = await pushImage(registry, "diary/api", { layers: [LAYER], tag: "v1" });
  for (const reference of [digest, "v1"]) {
    const pulled = await ask(registry, "GET", `/v2/diary/api/manifests/${reference}`);
    expect(pulled.status).toBe(200);
    expect(pulled.headers.get("docker-content-digest")).toBe(digest);
    expect(pulled.headers.get("content-type")).toBe(IMAGE_TYPE);
    expect(await pulled.text()).toBe(manifest);
  }
  const blob = await ask(registry, "GET", `/v2/diary/api/blobs/${sha256(LAYER)}`);
  expect(Buffer.from(await blob.arrayBuffer())).toEqual(LAYER);
  const head = await ask(registry, "HEAD", `/v2/diary/api/blobs/${sha256(LAYER)}`);
  expect(head.headers.get("content-length")).toBe(String(LAYER.length));
});

test("a layer in chunks is the same as one in one piece, and a chunk out of order is refused", async () => {
  const start = await ask(registry, "POST", "/v2/diary/api/blobs/uploads/");
  expect(start.status).toBe(202);
  const place = start.headers.get("location") ?? "";
  const first = await ask(registry, "PATCH", place, { body: "hello ", headers: { "content-range": "0-5" } });
  expect([first.status, first.headers.get("range")]).toEqual([202, "0-5"]);
  const wrong = await ask(registry, "PATCH", place, { body: "x", headers: { "content-range": "9-9" } });
  expect(await errorOf(wrong)).toEqual({ status: 416, code: "BLOB_UPLOAD_INVALID" });
  const asked = await ask(registry, "GET", place);
  expect([asked.status, asked.headers.get("range")]).toEqual([204, "0-5"]);
  const end = await ask(registry, "PUT", `${place}?digest=${sha256("hello world")}`, { body: "world" });
  expect(end.status).toBe(201);
  const blob = await ask(registry, "GET", `/v2/diary/api/blobs/${sha256("hello world")}`);
  expect(await blob.text()).toBe("hello world");
});

test("content that has another digest than it should is refused and not kept", async () => {
  const promised = sha256("promised");
  const blob = await ask(registry, "POST", `/v2/diary/api/blobs/uploads/?digest=${promised}`, {
    body: "delivered",
  });
  expect(await errorOf(blob)).toEqual({ status: 400, code: "DIGEST_INVALID" });
  expect((await ask(registry, "HEAD", `/v2/diary/api/blobs/${promised}`)).status).toBe(404);

  const { manifest } = await pushImage(registry, "diary/api", { layers: [LAYER] });
  const lied = await putManifest(registry, "diary/api", promised, manifest);
  expect(await errorOf(lied)).toEqual({ status: 400, code: "DIGEST_INVALID" });
  expect((await ask(registry, "HEAD", `/v2/diary/api/manifests/${promised}`)).status).toBe(404);
});

test("a manifest that names a blob nobody pushed is refused", async () => {
  const missing = { mediaType: "application/octet-stream", digest: sha256("nobody pushed this"), size: 3 };
  const manifest = JSON.stringify({ schemaVersion: 2, mediaType: IMAGE_TYPE, config: missing, layers: [] });
  const answer = await putManifest(registry, "diary/api", "v9", manifest);
  expect(await errorOf(answer)).toEqual({ status: 400, code: "MANIFEST_BLOB_UNKNOWN" });
});

test("a push does not create the repository", async () => {
  const answer = await ask(registry, "POST", "/v2/nowhere/blobs/uploads/");
  expect(await errorOf(answer)).toEqual({ status: 404, code: "NAME_UNKNOWN" });
});

test("a blob of another repository is not there until it is mounted", async () => {
  await practice.clients.ecr.send(new CreateRepositoryCommand({ repositoryName: "other" }));
  const digest = await pushBlob(registry, "diary/api", "shared");
  expect((await ask(registry, "HEAD", `/v2/other/blobs/${digest}`)).status).toBe(404);
  const mount = await ask(registry, "POST", `/v2/other/blobs/uploads/?mount=${digest}&from=diary/api`);
  expect(mount.status).toBe(201);
  expect((await ask(registry, "HEAD", `/v2/other/blobs/${digest}`)).status).toBe(200);
});

test("tags are listed in pages", async () => {
  await practice.clients.ecr.send(new CreateRepositoryCommand({ repositoryName: "paged" }));
  for (const tag of ["c", "a", "b"]) await pushImage(registry, "paged", { layers: [Buffer.from(tag)], tag });
  const first = await ask(registry, "GET", "/v2/paged/tags/list?n=2");
  expect(await first.json()).toEqual({ name: "paged", tags: ["a", "b"] });
  expect(first.headers.get("link")).toBe('</v2/paged/tags/list?n=2&last=b>; rel="next"');
  const second = await ask(registry, "GET", "/v2/paged/tags/list?n=2&last=b");
  expect(await second.json()).toEqual({ name: "paged", tags: ["c"] });
});

test("what refers to an image is listed, by artifact type when asked", async () => {
  const image = await pushImage(registry, "diary/api", { layers: [LAYER] });
  const subject = { mediaType: IMAGE_TYPE, digest: image.digest, size: image.manifest.length };
  const extra = { artifactType: "application/vnd.example.sbom", subject };
  const sbom = await pushImage(registry, "diary/api", { layers: [], extra });
  const all = await ask(registry, "GET", `/v2/diary/api/referrers/${image.digest}`);
  const listed = (await all.json()) as { manifests: { digest: string; artifactType: string }[] };
  expect(listed.manifests.map((one) => [one.digest, one.artifactType])).toEqual([
    [sbom.digest, "application/vnd.example.sbom"],
  ]);
  const none = await ask(
    registry,
    "GET",
    `/v2/diary/api/referrers/${image.digest}?artifactType=application/other`,
  );
  expect(((await none.json()) as { manifests: unknown[] }).manifests).toEqual([]);
});

test("without credentials nothing is answered; with ECR's token everything is", async () => {
  const closed = await fetch(`http://${registry}/v2/`);
  expect(closed.status).toBe(401);
  expect(closed.headers.get("www-authenticate")).toContain("Basic realm=");
  const { authorizationData } = await practice.clients.ecr.send(new GetAuthorizationTokenCommand({}));
  const token = authorizationData?.[0]?.authorizationToken ?? "";
  expect(authorizationData?.[0]?.proxyEndpoint).toBe(`http://${registry}`);
  const open = await fetch(`http://${registry}/v2/`, { headers: { authorization: `Basic ${token}` } });
  expect(open.status).toBe(200);
  const forged = Buffer.from("AWS:guessed").toString("base64");
  const refused = await fetch(`http://${registry}/v2/`, { headers: { authorization: `Basic ${forged}` } });
  expect(refused.status).toBe(401);
});
