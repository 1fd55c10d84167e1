import assert from "node:assert/strict";
import { test } from "node:test";
import { bearerToken } from "../../src/api/caller.ts";

test("finds the token of a bearer", () => {
  assert.equal(bearerToken("Bearer abc.DEF-123_~+/=="), "abc.DEF-123_~+/==");
  assert.equal(bearerToken("bearer abc"), "abc");
});

test("finds none elsewhere", () => {
  for (const header of [undefined, "", "Bearer", "Bearer ", "Basic abc", "Bearer a b", "xBearer abc"]) {
    assert.equal(bearerToken(header), undefined);
  }
});
