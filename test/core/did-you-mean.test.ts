import { expect, test } from "vitest";
import { didYouMean } from "../../src/core/did-you-mean.ts";

const KEYS = ["port", "path", "image", "healthPath", "environments"];

test.each([
  ["prot", "port"],
  ["Port", "port"],
  ["healtPath", "healthPath"],
  ["enviroments", "environments"],
  ["colour", undefined],
  ["x", undefined],
  ["", undefined],
])("%j means %j", (word, meant) => {
  expect(didYouMean(word, KEYS)).toBe(meant);
});
