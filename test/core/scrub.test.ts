import { expect, test } from "vitest";
import { scrub, scrubDeep } from "../../src/core/scrub.ts";
import { Secret } from "../../src/core/secret.ts";

const PASSWORD = 'it\'s a/pass+word "é"';
const TEXT = JSON.stringify(PASSWORD).slice(1, -1);

test.each<[string, string]>([
  ["as it is", PASSWORD],
  ["in JSON", TEXT],
  ["in JSON in JSON", JSON.stringify(TEXT).slice(1, -1)],
  ["in a URL", encodeURIComponent(PASSWORD)],
  ["in SQL", PASSWORD.replaceAll("'", "''")],
  ["in quotes of a shell", PASSWORD.replaceAll("'", String.raw`'\''`)],
  ["in hex", Buffer.from(PASSWORD).toString("hex")],
  ["in hex of capitals", Buffer.from(PASSWORD).toString("hex").toUpperCase()],
  ["in Base64", Buffer.from(PASSWORD).toString("base64").replace(/.=+$/, "")],
  ["in Base64 for URLs", Buffer.from(PASSWORD).toString("base64url")],
])("a secret that was revealed is not told again %s", (_form, echoed) => {
  new Secret("diary-password", PASSWORD).reveal();

  expect(scrub(`no role for ${echoed} here`)).toBe("no role for <diary-password> here");
});

test("of a database's URL the password is a secret of its own", () => {
  new Secret("diary-url", "postgres://slipway:s%2Fcret-1@db.internal:5432/diary").reveal();

  expect(scrub("password s/cret-1 is wrong; postgres://slipway:s%2Fcret-1@db.internal:5432/diary")).toBe(
    "password <diary-url> is wrong; <diary-url>",
  );
  expect(scrub("slipway cannot reach db.internal:5432/diary")).toBe(
    "slipway cannot reach db.internal:5432/diary",
  );
});

test("what nobody would call a secret stays a word", () => {
  for (const url of [
    "postgres://postgres:postgres@h/diary",
    "postgres://diary:diary@h/x",
    "postgres://a:b@h/x",
  ])
    new Secret("local-url", url).reveal();

  expect(scrub("postgres, diary, b")).toBe("postgres, diary, b");
});

test("a value that was never revealed is not looked for", () => {
  expect(scrub(String(new Secret("quiet", "never-revealed")) + " never-revealed")).toBe(
    "<quiet> never-revealed",
  );
});

test("facts are scrubbed wherever a text stands in them", () => {
  new Secret("token", "tok-123456").reveal();

  expect(scrubDeep({ problems: [{ says: "no tok-123456", line: 3 }], ok: true, none: null })).toEqual({
    problems: [{ says: "no <token>", line: 3 }],
    ok: true,
    none: null,
  });
});
