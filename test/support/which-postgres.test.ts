import { expect, test } from "vitest";
import { type Docker, postgresImage, postgresSource } from "./which-postgres.ts";

/** A docker that can do these commands and no others. */
const able =
  (...commands: string[]): Docker =>
  ([command = ""]) =>
    commands.includes(command);

test("takes containers where a runtime has the image or can pull it", () => {
  const containers = { source: "containers", says: "container postgres:18" };

  expect(postgresSource({}, able("info", "image"))).toEqual(containers);
  expect(postgresSource({}, able("info", "pull"))).toEqual(containers);
});

test("takes the binaries where no runtime answers, or it cannot get the image", () => {
  expect(postgresSource({}, able())).toEqual({ source: "binaries", says: "binaries of this machine" });
  expect(postgresSource({}, able("info"))).toEqual({
    source: "binaries",
    says: "binaries of this machine; the container runtime cannot get postgres:18",
  });
});

test("does what it is told without asking for a runtime", () => {
  const ask = (): boolean => expect.fail("should not ask");
  const source = (asked: string) => postgresSource({ SLIPWAY_TEST_POSTGRES: asked }, ask).source;

  expect(source("binaries")).toBe("binaries");
  expect(source("containers")).toBe("containers");
});

test("refuses a source it does not know", () => {
  expect(() => postgresSource({ SLIPWAY_TEST_POSTGRES: "cloud" }, able("info"))).toThrow('"cloud"');
});

test("uses the image it is told", () => {
  expect(postgresImage({ SLIPWAY_TEST_POSTGRES_IMAGE: "mine:1" })).toBe("mine:1");
  expect(postgresImage({})).toBe("postgres:18");
});
