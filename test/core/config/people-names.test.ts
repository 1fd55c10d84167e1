import { expect, test } from "vitest";
import { people } from "../../../src/core/config/people-schema.ts";

const named = (name: string, identity = "github:1") =>
  people.safeParse({ "person-a": { name, identities: [identity] } }).success;

test.each(["\uD800", "a\nb", "a\u001B[2J", "a\u202Eb"])(
  "a name that no record can hold is refused: %j",
  (name) => {
    expect([named(name), named("a", `git:a${name}@b`)]).toEqual([false, false]);
  },
);

test.each(["Person A", "د. ناز‌نین", "👩‍⚕️", "Ó Ceallaigh"])(
  "a name in anybody's script is taken: %s",
  (name) => {
    expect(named(name)).toBe(true);
  },
);
