/** A shorter one, such as "local", would blank out words of every text and protect nothing. */
const SHORTEST = 6;
/** Every URL of a database may hold these where a password stands; they are nobody's secret. */
const WORDS = new Set(["postgres", "postgresql", "slipway"]);

/**
 * The texts in which a secret may be echoed: as it is, escaped for JSON, for a URL or for a shell, in hex and in Base64 at
 * each of the three places where a group of three bytes may begin; of a URL its password as well.
 */
export function secretForms(value: string): string[] {
  const values = [value, value.trim(), ...passwordsIn(value)].filter((one) => one.length >= SHORTEST);
  return [...new Set(values.flatMap(formsOf))].filter((form) => form.length >= SHORTEST);
}

function passwordsIn(value: string): string[] {
  const [, user = "", password] = /^[a-z][a-z0-9+.-]*:\/\/([^:/?#]*):([^/?#]*)@/i.exec(value) ?? [];
  const asParameter = /[?&]password=([^&#]+)/i.exec(value)?.[1];
  return [password, asParameter]
    .filter((one) => one !== undefined)
    .filter((one) => one !== user && !WORDS.has(one))
    .flatMap((one) => [one, decoded(one)]);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function formsOf(value: string): string[] {
  const json = JSON.stringify(value).slice(1, -1);
  // A text in a document in a document.
  const twice = JSON.stringify(json).slice(1, -1);
  const url = encodeURIComponent(value.toWellFormed());
  // encodeURIComponent leaves these five alone; other encoders do not.
  const strict = url.replaceAll(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
  const urls = [url, strict].flatMap((text) => [text, text.replaceAll("%20", "+")]);
  const lower = urls.map((text) => text.replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()));
  const shells = [
    value.replaceAll("'", String.raw`'\''`),
    value.replaceAll(/([^\w./:@%+=-])/g, String.raw`\$1`),
  ];
  const sql = value.replaceAll("'", "''");
  const hex = Buffer.from(value).toString("hex");
  const texts = [value, json, twice, json.replaceAll("/", String.raw`\/`), ...urls, ...lower, ...shells, sql];
  return [...texts, hex, hex.toUpperCase(), ...base64Forms(Buffer.from(value))];
}

function base64Forms(value: Buffer): string[] {
  return [0, 1, 2].flatMap((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), value])
      .toString("base64")
      .replace(/=+$/, "");
    // The first and the last characters mix with bytes that are not the secret's.
    const standard = encoded.slice(
      Math.ceil((before * 8) / 6),
      Math.floor(((before + value.length) * 8) / 6),
    );
    return [standard, standard.replaceAll("+", "-").replaceAll("/", "_")];
  });
}
