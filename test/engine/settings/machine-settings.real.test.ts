import { chmod, mkdir, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { machineSettings } from "../../../src/engine/settings/machine-settings.ts";
import { scratch } from "../pipeline.ts";

const folder = await scratch();
afterAll(async () => await folder[Symbol.asyncDispose]());
const never = new AbortController().signal;

/** An npm that answers this configuration; the real one's files cannot be chosen on every machine. */
async function npmThatSays(config: Record<string, unknown>): Promise<string> {
  const bin = join(folder.path, "bin");
  await mkdir(bin, { recursive: true });
  await writeFile(join(bin, "npm"), `#!/bin/sh\ncat <<'END'\n${JSON.stringify(config)}\nEND\n`);
  await chmod(join(bin, "npm"), 0o755);
  return `${bin}${delimiter}/usr/bin${delimiter}/bin`;
}

test("passes on proxies, registries and certificates, and nothing else", async () => {
  const certificates = join(folder.path, "ca.pem");
  await writeFile(certificates, "certificate");
  const PATH = await npmThatSays({
    registry: "https://npm.example/",
    cafile: certificates,
    "strict-ssl": true,
  });
  const env = {
    PATH,
    HTTPS_PROXY: "http://me:pass-word@proxy.example:3128",
    NO_PROXY: "localhost",
    SSL_CERT_FILE: certificates,
    NODE_EXTRA_CA_CERTS: join(folder.path, "not there.pem"),
    PIP_INDEX_URL: "https://pip.example/simple",
    AWS_SECRET_ACCESS_KEY: "private",
    HOME: "/home/me",
  };

  expect(await machineSettings(env, folder.path, never)).toEqual({
    env: {
      HTTPS_PROXY: env.HTTPS_PROXY,
      NO_PROXY: "localhost",
      PIP_INDEX_URL: env.PIP_INDEX_URL,
      SSL_CERT_FILE: "/etc/slipway/ca-0.pem",
      npm_config_cafile: "/etc/slipway/ca-0.pem",
      npm_config_registry: "https://npm.example/",
      npm_config_strict_ssl: "true",
    },
    binds: [{ source: certificates, target: "/etc/slipway/ca-0.pem" }],
    secrets: ["pass-word", "pass-word"],
  });
});

test("passes on the token of the registry in use, as a secret, and no other", async () => {
  const userconfig = join(folder.path, "npmrc");
  await writeFile(
    userconfig,
    [
      "//npm.example/team/:_authToken=${TEAM_TOKEN}",
      "//npm.example/other/:_authToken=other-token",
      "//elsewhere.example/:_authToken=elsewhere-token",
      "//scoped.example/:_authToken=scoped-token",
    ].join("\n"),
  );
  const PATH = await npmThatSays({
    registry: "https://npm.example/team",
    "@us:registry": "https://scoped.example/",
    userconfig,
  });
  const { env, secrets } = await machineSettings({ PATH, TEAM_TOKEN: "team-token" }, folder.path, never);

  expect(env).toEqual({
    npm_config_registry: "https://npm.example/team",
    "npm_config_@us:registry": "https://scoped.example/",
    "npm_config_//npm.example/team/:_authToken": "team-token",
    "npm_config_//scoped.example/:_authToken": "scoped-token",
  });
  expect(secrets).toEqual(["team-token", "scoped-token"]);
});

test("has nothing of npm's to pass on where there is no npm", async () => {
  expect(await machineSettings({ PATH: folder.path }, folder.path, never)).toEqual({
    env: {},
    binds: [],
    secrets: [],
  });
});
