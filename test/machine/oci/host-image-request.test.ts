import { expect, test } from "vitest";
import { hostImageRequest } from "../../../src/machine/oci/host-image-request.ts";

test.each([
  ["node:24", { tool: "node", major: 24, longTerm: false }],
  ["node:24-alpine", { tool: "node", major: 24, longTerm: false }],
  ["node:24.21.0-bookworm-slim", { tool: "node", major: 24, longTerm: false }],
  ["docker.io/library/node:22", { tool: "node", major: 22, longTerm: false }],
  [`node:24@sha256:${"0".repeat(64)}`, { tool: "node", major: 24, longTerm: false }],
  ["node", { tool: "node", major: undefined, longTerm: false }],
  ["node:slim", { tool: "node", major: undefined, longTerm: false }],
  ["node:current-alpine3.22", { tool: "node", major: undefined, longTerm: false }],
  ["node:lts-alpine", { tool: "node", major: undefined, longTerm: true }],
  ["node:krypton", { tool: "node", major: 24, longTerm: false }],
  ["postgres:18-alpine", { tool: "postgres", major: 18, longTerm: false }],
  ["postgres:18.4", { tool: "postgres", major: 18, longTerm: false }],
])("%s", (image, expected) => {
  expect(hostImageRequest(image)).toEqual({ image, ...expected });
});

test.each([
  "alpine:3",
  "bitnami/node:24",
  "ghcr.io/library/node:24",
  "node:onbuild",
  "node:24-windows",
  "postgres:lts",
  "no de",
])("%s is no image that this machine's tools stand in for", (image) => {
  expect(hostImageRequest(image)).toBeUndefined();
});
