import { readFile, readdir } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { expect, test } from "vitest";
import { Secret } from "../../../src/core/secret.ts";
import { blobBytes } from "../../../src/machine/oci/blob-folder.ts";
import { pullImage, resolveDigest } from "../../../src/machine/oci/pull-image.ts";
import { pushImage } from "../../../src/machine/oci/push-image.ts";
import { type Reference, parseReference } from "../../../src/machine/oci/reference.ts";
import { aFolder } from "./a-folder.ts";
import { type TestRegistry, aRegistry } from "./a-registry.ts";
import { anImage } from "./an-image.ts";

const ARM = { os: "linux", architecture: "arm64", variant: "v8" };
const QUICK = { retryAfterMs: 1, idleMs: 5000 };
const AMD = { ...QUICK, platform: { os: "linux", architecture: "amd64" } };

function named(registry: TestRegistry, name = "diary/api:1"): Reference {
  const reference = parseReference(`${registry.address}/${name}`);
  if (reference === undefined) throw new Error(name);
  return reference;
}

test("what is pushed is pulled, by tag and by digest", async () => {
  const [registry, image] = [await aRegistry(), await anImage()];
  const digest = await pushImage([image], named(registry), QUICK);
  expect(digest).toBe(image.manifest.descriptor.digest);
  expect(await resolveDigest(named(registry), QUICK)).toBe(digest);
  expect(await resolveDigest(named(registry, "diary/api:2"), QUICK)).toBeUndefined();

  for (const name of ["diary/api:1", `diary/api@${digest}`]) {
    const pulled = await pullImage(named(registry, name), await aFolder(), AMD);
    expect(pulled.config).toEqual(image.config);
    const [layer] = pulled.layers;
    const file = layer !== undefined && "file" in layer.content ? layer.content.file : "";
    const original = image.layers[0]?.content;
    expect(await readFile(file)).toEqual(
      await readFile(original !== undefined && "file" in original ? original.file : ""),
    );
  }
});

test("what the registry or the folder has is not sent again", async () => {
  const [registry, image, folder] = [await aRegistry(), await anImage(), await aFolder()];
  await pushImage([image], named(registry), QUICK);
  await pullImage(named(registry), folder, AMD);
  registry.log.length = 0;
  await pushImage([image], named(registry), QUICK);
  await pullImage(named(registry), folder, AMD);
  expect(
    registry.log.filter((line) => !line.includes("/manifests/")).every((line) => line.startsWith("HEAD")),
  ).toBe(true);
});

test("several platforms are an index, and each machine pulls its own", async () => {
  const registry = await aRegistry();
  const [amd, arm] = [await anImage("amd"), await anImage("arm", ARM)];
  const digest = await pushImage([amd, arm], named(registry), QUICK);
  expect(await resolveDigest(named(registry), QUICK)).toBe(digest);
  const pulled = await pullImage(named(registry), await aFolder(), { ...QUICK, platform: ARM });
  expect(pulled.manifest.descriptor.digest).toBe(arm.manifest.descriptor.digest);
  await expect(
    pullImage(named(registry), await aFolder(), {
      ...QUICK,
      platform: { os: "linux", architecture: "s390x" },
    }),
  ).rejects.toMatchObject({
    problems: [
      {
        code: "PLATFORM_MISSING",
        says: "there is no image for linux/s390x, only for linux/amd64, linux/arm64/v8",
      },
    ],
  });
});

test.each([["manifest"], ["layer"]])(
  "a %s with another digest is refused, naming expected and got",
  async (part) => {
    const [registry, image, folder] = [await aRegistry(), await anImage(), await aFolder()];
    const digest = await pushImage([image], named(registry), QUICK);
    const other = Buffer.from("{}");
    if (part === "manifest") registry.manifests.set(digest, { type: "application/json", bytes: other });
    const expected = part === "manifest" ? digest : (image.layers[0]?.descriptor.digest ?? "");
    if (part === "layer") registry.blobs.set(expected, other);
    registry.log.length = 0;

    await expect(pullImage(named(registry, `diary/api@${digest}`), folder, AMD)).rejects.toMatchObject({
      exit: "verifyFailed",
      problems: [
        {
          code: "DIGEST_MISMATCH",
          at: `${registry.address}/diary/api@${digest}`,
          says: expect.stringMatching(new RegExp(`^expected ${expected}.*, got sha256:44136fa355b3`)),
        },
      ],
    });
    // Asking again would not help, and nothing of it is kept.
    expect(registry.log.filter((line) => line.includes(expected))).toHaveLength(1);
    const kept = await readdir(`${folder}/blobs/sha256`).catch(() => []);
    expect(kept.filter((name) => expected.endsWith(name.slice(0, 64)))).toEqual([]);
  },
);

test("a registry that stores something else than what was pushed is a fault", async () => {
  const [registry, image] = [await aRegistry(), await anImage()];
  registry.before = (request, response) => {
    if (request.method !== "PUT" || request.url?.includes("/manifests/") !== true) return undefined;
    response.writeHead(201, { "docker-content-digest": `sha256:${"0".repeat(64)}` }).end();
    return "answered";
  };
  await expect(pushImage([image], named(registry), QUICK)).rejects.toMatchObject({
    problems: [
      {
        code: "DIGEST_MISMATCH",
        says: `expected ${image.manifest.descriptor.digest}, got sha256:${"0".repeat(64)}`,
      },
    ],
  });
});

test("an image that is not there is said so", async () => {
  const registry = await aRegistry();
  await expect(pullImage(named(registry), await aFolder(), AMD)).rejects.toMatchObject({
    problems: [{ code: "IMAGE_NOT_FOUND", at: `${registry.address}/diary/api:1` }],
  });
});

test("faults that pass are tried again; a broken connection in the middle of a layer too", async () => {
  const [registry, image] = [await aRegistry(), await anImage("x".repeat(100_000))];
  await pushImage([image], named(registry), QUICK);
  const layer = image.layers[0]?.descriptor.digest ?? "";
  const faults = [503, 429, "cut"] as const;
  let asked = 0;
  registry.before = (request, response) => {
    const fault = request.url?.includes(layer) === true ? faults[asked++] : undefined;
    if (fault === undefined) return undefined;
    if (fault === "cut") {
      response.writeHead(200, { "content-length": "1000" }).write("half");
      response.destroy();
    } else response.writeHead(fault).end();
    return "answered";
  };
  const pulled = await pullImage(named(registry), await aFolder(), AMD);
  expect(pulled.layers.map(({ descriptor }) => descriptor.digest)).toEqual([layer]);
  expect(asked).toBe(4);
});

test("an upload that breaks is begun again from its start", async () => {
  const [registry, image] = [await aRegistry(), await anImage()];
  let broken = 0;
  registry.before = (request) => {
    if (request.method !== "PUT" || request.url?.includes("/uploads/") !== true || broken === 2)
      return undefined;
    broken += 1;
    request.socket.destroy();
    return "answered";
  };
  await pushImage([image], named(registry), QUICK);
  expect(registry.log.filter((line) => line.startsWith("POST"))).toHaveLength(4);
  expect([...registry.blobs.keys()].sort()).toEqual(
    [image.configBlob, ...image.layers].map((blob) => blob.descriptor.digest).sort(),
  );
});

test("a registry that never answers, or stops in the middle, ends with its deadline", async () => {
  const [registry, image] = [await aRegistry(), await anImage()];
  await pushImage([image], named(registry), QUICK);
  for (const begin of [false, true]) {
    registry.before = (_request, response) => {
      if (begin) response.writeHead(200, { "content-length": "1000" }).write("{");
      return "answered";
    };
    const options = { ...AMD, idleMs: 50, retries: 1 };
    await expect(pullImage(named(registry), await aFolder(), options)).rejects.toMatchObject({
      problems: [{ code: "REGISTRY_UNREACHABLE", says: "there was no answer in time" }],
    });
  }
});

test("nobody listens: unreachable, with the reason", async () => {
  const closed = createServer();
  await new Promise<void>((listening) => closed.listen(0, "127.0.0.1", listening));
  const { port } = closed.address() as AddressInfo;
  await new Promise((done) => closed.close(done));
  const reference = { registry: `127.0.0.1:${port}`, repository: "a", tag: "b", digest: undefined };
  await expect(resolveDigest(reference, { ...QUICK, retries: 0 })).rejects.toMatchObject({
    problems: [{ code: "REGISTRY_UNREACHABLE", says: expect.stringContaining("ECONNREFUSED") }],
  });
});

test("an abort ends a pull at once", async () => {
  const registry = await aRegistry();
  const controller = new AbortController();
  registry.before = () => {
    controller.abort(new Error("the user said stop"));
    return "answered";
  };
  await expect(resolveDigest(named(registry), { ...QUICK, signal: controller.signal })).rejects.toThrow(
    "the user said stop",
  );
});

test("Basic and Bearer log-ins work, the password only where it belongs, and a wrong one is refused", async () => {
  const image = await anImage();
  for (const scheme of ["basic", "bearer"]) {
    const registry = await aRegistry();
    const basic = `Basic ${Buffer.from("user:pass word").toString("base64")}`;
    registry.before = (request, response) => {
      const { authorization } = request.headers;
      if (request.url?.startsWith("/token") === true) {
        const scope = new URL(request.url, "http://x").searchParams.get("scope");
        response
          .writeHead(authorization === basic ? 200 : 401)
          .end(JSON.stringify({ token: `for ${scope}` }));
        return "answered";
      }
      const scope = ["GET", "HEAD"].includes(request.method ?? "") ? "pull" : "pull,push";
      if (authorization === (scheme === "basic" ? basic : `Bearer for repository:diary/api:${scope}`))
        return undefined;
      const bearer = `Bearer realm="http://${registry.address}/token",service="test"`;
      response.writeHead(401, { "www-authenticate": scheme === "basic" ? 'Basic realm="x"' : bearer }).end();
      return "answered";
    };
    const password = new Secret("REGISTRY_PASSWORD", "pass word");
    const options = { ...AMD, credentials: { username: "user", password } };
    const digest = await pushImage([image], named(registry), options);
    const pulled = await pullImage(named(registry), await aFolder(), options);
    expect(pulled.manifest.descriptor.digest).toBe(digest);
    expect(await blobBytes(pulled.configBlob)).toEqual(await blobBytes(image.configBlob));

    const wrong = { ...options, credentials: { username: "user", password: new Secret("P", "wrong") } };
    const refused = await resolveDigest(named(registry), wrong).catch((error: unknown) => error);
    expect(refused).toMatchObject({ problems: [{ code: "REGISTRY_REFUSED" }] });
    expect(String(refused)).not.toContain("wrong");
    await expect(resolveDigest(named(registry), QUICK)).rejects.toMatchObject({
      problems: [{ code: "REGISTRY_REFUSED" }],
    });
  }
});
