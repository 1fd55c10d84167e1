import { expect, test } from "vitest";
import { postgresImage, postgresSource } from "./which-postgres.ts";

test("takes containers where a runtime answers, else the binaries", () => {
  expect(postgresSource({}, () => true)).toBe("containers");
  expect(postgresSource({}, () => false)).toBe("binaries");
});

test("does what it is told without asking for a runtime", () => {
  const ask = (): boolean => expect.fail("should not ask");

  expect(postgresSource({ SLIPWAY_TEST_POSTGRES: "binaries" }, ask)).toBe("binaries");
  expect(postgresSource({ SLIPWAY_TEST_POSTGRES: "containers" }, ask)).toBe("containers");
});

test("refuses a source it does not know", () => {
  expect(() => postgresSource({ SLIPWAY_TEST_POSTGRES: "cloud" }, () => true)).toThrow('"cloud"');
});

test("uses the image it is told", () => {
  expect(postgresImage({ SLIPWAY_TEST_POSTGRES_IMAGE: "mine:1" })).toBe("mine:1");
  expect(postgresImage({})).toBe("postgres:18");
});
