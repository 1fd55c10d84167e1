import { expect, test } from "vitest";
import { formatReference, parseReference } from "../../../src/machine/oci/reference.ts";

const DIGEST = `sha256:${"a".repeat(64)}`;

test.each([
  ["node", { registry: "docker.io", repository: "library/node", tag: "latest", digest: undefined }],
  ["bitnami/node:24", { registry: "docker.io", repository: "bitnami/node", tag: "24", digest: undefined }],
  ["docker.io/node:24", { registry: "docker.io", repository: "library/node", tag: "24", digest: undefined }],
  ["localhost/a:b", { registry: "localhost", repository: "a", tag: "b", digest: undefined }],
  ["127.0.0.1:5000/a/b:c", { registry: "127.0.0.1:5000", repository: "a/b", tag: "c", digest: undefined }],
  ["[::1]:5000/a", { registry: "[::1]:5000", repository: "a", tag: "latest", digest: undefined }],
  [`ghcr.io/a/b@${DIGEST}`, { registry: "ghcr.io", repository: "a/b", tag: undefined, digest: DIGEST }],
  [`ghcr.io/a/b:c@${DIGEST}`, { registry: "ghcr.io", repository: "a/b", tag: "c", digest: DIGEST }],
])("reads %s", (name, expected) => {
  expect(parseReference(name)).toEqual(expected);
});

test.each([
  "",
  "UPPER",
  "a b",
  "a@sha256:12",
  "a:",
  "a:-b",
  "http://x/y",
  "a//b",
  "../a",
  "x.y:99999999/a",
  `a${"b".repeat(300)}`,
])("%j is not an image name", (name) => {
  expect(parseReference(name)).toBeUndefined();
});

test("writes the name in full", () => {
  const name = `ghcr.io/a/b:c@${DIGEST}`;
  const reference = parseReference(name);
  expect(reference === undefined ? "" : formatReference(reference)).toBe(name);
});
