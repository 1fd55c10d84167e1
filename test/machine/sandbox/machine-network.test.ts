import { networkInterfaces } from "node:os";
import { expect, test } from "vitest";
import {
  hostsOfOthers,
  isOutside,
  nameServer,
  outboundPorts,
  resolvConfWith,
  settingsAddresses,
  settingsEndpoints,
} from "../../../src/machine/sandbox/machine-network.ts";

test("proxy and registry variables name the endpoints, in either case", () => {
  const env = {
    HTTPS_PROXY: "http://proxy.internal:3128",
    npm_config_registry: "https://npm.internal/",
    http_proxy: "not a url",
    OTHER: "http://elsewhere:9999",
  };

  expect(settingsEndpoints(env)).toEqual([
    { host: "proxy.internal", port: 3128 },
    { host: "npm.internal", port: 443 },
  ]);
  expect(outboundPorts(env)).toEqual([22, 80, 443, 9418, 3128]);
});

test("an address that the settings name is resolved, one that cannot be is left out", async () => {
  const env = { HTTP_PROXY: "http://127.0.0.1:8888", HTTPS_PROXY: "http://no-such-host.invalid:1" };

  expect(await settingsAddresses(env)).toEqual(new Set(["127.0.0.1:8888"]));
});

test("loopback, link-local, multicast and this machine's own addresses are not outside", () => {
  const own = Object.values(networkInterfaces()).flatMap((list) => list ?? []);

  expect(["127.0.0.1", "0.0.0.0", "169.254.169.254", "224.0.0.1"].map(isOutside)).toEqual([
    false,
    false,
    false,
    false,
  ]);
  expect(own.filter(({ family }) => family === "IPv4").some(({ address }) => isOutside(address))).toBe(false);
  expect(isOutside("198.51.100.7")).toBe(true);
});

test("the name server is the first one, and the rest of resolv.conf is kept", () => {
  const text =
    "# made by hand\nsearch corp.internal\nnameserver 10.0.0.2\nnameserver 10.0.0.3\noptions ndots:2\n";

  expect(nameServer(text)).toBe("10.0.0.2");
  expect(nameServer("search x\n")).toBeUndefined();
  expect(resolvConfWith("10.98.0.1", text)).toBe(
    "nameserver 10.98.0.1\nsearch corp.internal\noptions ndots:2\n",
  );
});

test("of /etc/hosts only other machines are passed on", () => {
  const text =
    "127.0.0.1 localhost\n::1 localhost\n127.0.1.1 me\n10.1.2.3 npm.internal # ours\n# 10.9.9.9 off\n";

  expect(hostsOfOthers(text)).toEqual(["10.1.2.3 npm.internal"]);
});
