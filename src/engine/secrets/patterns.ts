/**
 * Values shorter than this are not scrubbed: "a" or "42" would blank out half of every log and still protect nothing.
 */
const SHORTEST_SCRUBBED = 4;

/**
 * The byte sequences (one character per byte) in which a secret may appear in output: as it is, JSON-escaped,
 * URL-encoded, and in Base64 at each of the three places where a group of three bytes may begin. A value of several
 * lines counts line by line as well, because many tools print one line at a time.
 */
export function patternsOf(plaintext: string): string[] {
  const lines = plaintext.split(/\r?\n/).filter((line) => line !== plaintext);
  const values = [plaintext, plaintext.trim(), ...lines.map((line) => line.trim())];
  const long = values.filter((value) => value.length >= SHORTEST_SCRUBBED);
  const patterns = new Set(long.flatMap((value) => forms(value)));
  return [...patterns].filter((pattern) => pattern.length >= SHORTEST_SCRUBBED);
}

function forms(value: string): string[] {
  const json = JSON.stringify(value).slice(1, -1);
  const url = encodeURIComponent(value);
  // encodeURIComponent leaves these five alone; other encoders do not.
  const strictUrl = url.replaceAll(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
  const urls = [url, strictUrl].flatMap((text) => [text, text.replaceAll("%20", "+")]);
  const lowerUrls = urls.map((text) => text.replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()));
  const texts = [value, json, json.replaceAll("/", "\\/"), ...urls, ...lowerUrls];
  return [...texts.map(bytes), ...base64Forms(Buffer.from(value))];
}

function base64Forms(value: Buffer): string[] {
  return [0, 1, 2].flatMap((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), value])
      .toString("base64")
      .replace(/=+$/, "");
    // The first and the last characters mix with bytes that are not the secret's.
    const first = Math.ceil((before * 8) / 6);
    const end = Math.floor(((before + value.length) * 8) / 6);
    const standard = encoded.slice(first, end);
    return [standard, standard.replaceAll("+", "-").replaceAll("/", "_")];
  });
}

function bytes(text: string): string {
  return Buffer.from(text).toString("latin1");
}
