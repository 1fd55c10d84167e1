import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { patternsOf } from "../../../src/engine/secrets/patterns.ts";
import { preparePatterns, Scrubber, scrubText } from "../../../src/engine/secrets/scrubber.ts";

function through(patterns: readonly string[], chunks: readonly string[]): string {
  const prepared = preparePatterns(patterns);
  const scrubber = new Scrubber(() => prepared);
  const shown = chunks.map((chunk) => scrubber.push(Buffer.from(chunk)));
  return Buffer.concat([...shown, scrubber.end()]).toString();
}

describe("the scrubber", () => {
  test("replaces what is split over chunks", () => {
    expect(through(["secret"], ["a sec", "ret b s", "e", "cret", " se"])).toBe("a *** b *** se");
  });

  test("takes the longer of two that begin alike, whichever way it arrives", () => {
    expect(through(["abcd", "abcdefgh"], ["xabcd", "efgh."])).toBe("x***.");
    expect(through(["abcd", "abcdefgh"], ["xabcd", "efgx."])).toBe("x***efgx.");
  });

  test("shows at once what cannot become a secret", () => {
    const prepared = preparePatterns(["secret"]);

    expect(new Scrubber(() => prepared).push(Buffer.from("no such thing: se")).toString()).toBe(
      "no such thing: ",
    );
  });

  test("counts a secret that becomes known while the stream runs", () => {
    let prepared = preparePatterns([]);
    const scrubber = new Scrubber(() => prepared);
    scrubber.push(Buffer.from("before "));
    prepared = preparePatterns(["secret"]);

    expect(scrubber.push(Buffer.from("a secret.")).toString()).toBe("a ***.");
  });

  test("lets no secret through, however the text is cut", () => {
    const text = fc
      .array(fc.constantFrom("a", "b", "ab", "abba", "€"), { maxLength: 40 })
      .map((parts) => parts.join(""));
    const secrets = fc.uniqueArray(fc.constantFrom("abba", "bbab", "ab€a", "aaaa", "abab"), { minLength: 1 });
    fc.assert(
      fc.property(text, secrets, fc.array(fc.nat(120)), (whole, known, cuts) => {
        const bytes = Buffer.from(whole);
        const prepared = preparePatterns(known.flatMap(patternsOf));
        const scrubber = new Scrubber(() => prepared);
        const places = [
          0,
          ...cuts.map((cut) => Math.min(cut, bytes.length)).toSorted((a, b) => a - b),
          bytes.length,
        ];
        const chunks = places.slice(1).map((end, n) => bytes.subarray(places[n], end));
        const shown = Buffer.concat([
          ...chunks.map((chunk) => scrubber.push(chunk)),
          scrubber.end(),
        ]).toString();

        expect(known.filter((secret) => shown.includes(secret))).toEqual([]);
        expect(shown).toBe(scrubText(whole, prepared));
      }),
    );
  });
});

describe("the forms of a secret", () => {
  const forms = (secret: string, text: string) => scrubText(text, preparePatterns(patternsOf(secret)));

  test("are plain, JSON, URL and Base64", () => {
    const secret = 'pässword "1"/+&';

    expect(forms(secret, `<${secret}>`)).toBe("<***>");
    expect(forms(secret, JSON.stringify(secret))).toBe('"***"');
    expect(forms(secret, encodeURIComponent(secret).toLowerCase())).toBe("***");
    expect(forms(secret, new URLSearchParams({ secret }).toString())).toBe("secret=***");
    expect(forms(secret, Buffer.from(secret).toString("base64url"))).toMatch(/^\*\*\*.?$/);
  });

  test("cover Base64 at each of the three alignments, inside a longer text", () => {
    const secret = "correct horse battery";
    for (const before of ["", "u", "us", "user:"]) {
      const encoded = Buffer.from(`${before}${secret}!`).toString("base64");
      const shown = forms(secret, encoded);

      expect(shown).toContain("***");
      // What is left holds at most the characters that mix with the neighbours.
      expect(shown.replace("***", "").length).toBeLessThanOrEqual(Math.ceil((before.length * 4) / 3) + 5);
    }
  });

  test("cover Base64 that a tool broke into lines, wherever the stream is cut", () => {
    const secret = "postgres://owner:a-rather-long-password-for-the-database@db.internal:5432/diary";
    for (const width of [64, 76]) {
      const encoded = Buffer.from(secret)
        .toString("base64")
        .replaceAll(new RegExp(`.{${width}}`, "g"), "$&\n");
      expect(forms(secret, `before\n${encoded}\nafter\n`)).toMatch(/^before\n\*{3}[^\n]{0,4}\nafter\n$/);
      for (let cut = 1; cut < encoded.length; cut += 1) {
        const shown = through(patternsOf(secret), [encoded.slice(0, cut), encoded.slice(cut), "\n"]);
        expect(shown).toMatch(/^\*{3}.{0,4}\n$/);
      }
    }
  });

  test("leave short words alone that meet over the end of a line", () => {
    expect(forms("some-word", "some-\nword")).toBe("some-\nword");
  });

  test("cover each line of several", () => {
    expect(forms("line-one\r\nline-two\n", "| line-one |\n| line-two |")).toBe("| *** |\n| *** |");
  });

  test("leave values of fewer than four characters alone", () => {
    expect(patternsOf("abc")).toEqual([]);
    expect(forms("abc\nlong-enough", "abc long-enough")).toBe("abc ***");
  });
});
