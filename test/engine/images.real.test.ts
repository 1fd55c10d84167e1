import { execFile } from "node:child_process";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, describe, expect, test } from "vitest";
import { aRegistry } from "../machine/oci/a-registry.ts";
import { failureOf, pipeline, scratch, SDKS } from "./pipeline.ts";

const folder = await scratch();
afterAll(async () => await folder[Symbol.asyncDispose]());

interface Manifest {
  readonly config: { readonly digest: string };
  readonly layers: readonly { readonly digest: string }[];
}

describe.each(SDKS)("images, through $name", (sdk) => {
  let caches = 0;
  const freshCache = () => join(folder.path, `${sdk.name} ${(caches += 1)}`);

  test("are published by digest, and the same input gives the same digest on another engine", async () => {
    const registry = await aRegistry();
    const publish = async (text: string) =>
      await pipeline(
        sdk,
        { cacheFolder: freshCache() },
        async ({ node }) =>
          await node
            .withNewFile("/app/server.js", text)
            .withExec(["sh", "-c", "cp /app/server.js /app/copy.js"])
            .withEntrypoint(["node", "/app/server.js"])
            .withEnvVariable("MODE", "live")
            .withLabel("who", "me")
            .withExposedPort(3000)
            .publish(`${registry.address}/app:v1`),
      );
    const first = await publish("one");

    expect(first).toMatch(new RegExp(`^${registry.address}/app:v1@sha256:[0-9a-f]{64}$`));
    expect(await publish("one")).toBe(first);
    expect(await publish("two")).not.toBe(first);

    const manifest = JSON.parse(String(registry.manifests.get(first.split("@")[1] ?? "")?.bytes)) as Manifest;
    expect(manifest.layers).toHaveLength(2);
    expect(JSON.parse(String(registry.blobs.get(manifest.config.digest)))).toMatchObject({
      os: "linux",
      config: {
        Entrypoint: ["node", "/app/server.js"],
        Env: ["MODE=live"],
        Labels: { who: "me", "dev.slipway.base": `host:node@${process.versions.node}` },
        ExposedPorts: { "3000/tcp": {} },
      },
    });
  });

  test("that were published are begun from again, and run", async () => {
    const registry = await aRegistry();
    const address = await pipeline(
      sdk,
      { cacheFolder: freshCache() },
      async ({ node }) =>
        await node
          .withNewFile("/hello", "from an image")
          .withDefaultArgs(["cat", "/hello"])
          .publish(`${registry.address}/a:1`),
    );
    await pipeline(sdk, { cacheFolder: freshCache() }, async ({ dag, log }) => {
      const pulled = dag.container().from(address);

      expect(await pulled.withExec([]).stdout()).toBe("from an image");
      expect(await pulled.imageRef()).toBe(address);
      expect(log).toContainEqual(expect.objectContaining({ kind: "exec-finished", base: address }));
    });
  });

  test("that were pulled by digest need no registry any more", async () => {
    const registry = await aRegistry();
    const cacheFolder = freshCache();
    const address = await pipeline(sdk, { cacheFolder: freshCache() }, async ({ node }) => {
      return await node.withNewFile("/hello", "kept").publish(`${registry.address}/a:1`);
    });
    const read = async () =>
      await pipeline(
        sdk,
        { cacheFolder },
        async ({ dag }) => await dag.container().from(address).file("/hello").contents(),
      );

    expect(await read()).toBe("kept");
    registry.before = (_, response) => {
      response.destroy();
      return "answered";
    };
    expect(await read()).toBe("kept");
  });

  test("do not hold mounts or secrets", async () => {
    const registry = await aRegistry();
    await pipeline(sdk, { cacheFolder: freshCache() }, async ({ dag, node }) => {
      await node
        .withMountedDirectory("/src", dag.directory().withNewFile("mounted", "x"))
        .withMountedCache("/cache", dag.cacheVolume("v"))
        .withSecretVariable("TOKEN", dag.setSecret("token", "a-very-secret-value"))
        .withExec(["sh", "-c", "echo $TOKEN > /cache/token; echo y > /src/made; echo z > /kept"])
        .publish(`${registry.address}/a:2`);
    });

    const all = Buffer.concat([...registry.blobs.values()]).toString("latin1");
    expect(all).not.toContain("a-very-secret-value");
    const manifest = JSON.parse(String(registry.manifests.get("2")?.bytes)) as Manifest;
    expect(manifest.layers).toHaveLength(1);
  });

  test("are pushed with the login that was given, and its password is scrubbed", async () => {
    const registry = await aRegistry();
    const seen: (string | undefined)[] = [];
    registry.before = (request, response) => {
      seen.push(request.headers.authorization);
      if (request.headers.authorization !== undefined) return undefined;
      response.writeHead(401, { "www-authenticate": "Basic realm=test" }).end();
      return "answered";
    };
    await pipeline(sdk, { cacheFolder: freshCache() }, async ({ dag, node, log }) => {
      const image = node.withNewFile("/x", "x");
      const login = image.withRegistryAuth(registry.address, "me", dag.setSecret("password", "open sesame"));

      expect(await login.publish(`${registry.address}/private:1`)).toContain("/private:1@sha256:");
      expect(seen).toContain(`Basic ${Buffer.from("me:open sesame").toString("base64")}`);
      expect((await failureOf(image.publish(`${registry.address}/private:1`))).message).not.toContain(
        "open sesame",
      );
      expect(JSON.stringify(log)).not.toContain("open sesame");
    });
  });

  test("can be written as a tarball to a file or to this machine", async () => {
    await pipeline(sdk, { cacheFolder: freshCache(), cwd: folder.path }, async ({ node }) => {
      const image = node.withNewFile("/x", "x");
      const path = await image.export(`${sdk.name}.tar`);

      expect(path).toBe(join(folder.path, `${sdk.name}.tar`));
      const { stdout } = await promisify(execFile)("tar", ["-tf", path]);
      expect(stdout.split("\n")).toEqual(expect.arrayContaining(["oci-layout", "index.json"]));
      expect(await image.asTarball().size()).toBe((await stat(path)).size);
    });
  });

  test("say what they cannot be made as", async () => {
    await pipeline(sdk, { cacheFolder: freshCache() }, async ({ node }) => {
      const zstd = node.asTarball({ forcedCompression: "Zstd" as never }).size();

      expect((await failureOf(zstd)).message).toBe(
        "forcedCompression: Zstd is not part of the embedded engine; Dagger Engine has it",
      );
    });
  });
});
