/** The forms in which a value may show, besides itself. */
export const FORMS: Readonly<Record<string, (value: string) => string>> = {
  raw: (value) => value,
  base64: (value) => Buffer.from(value).toString("base64"),
  base64url: (value) => Buffer.from(value).toString("base64url"),
  url: (value) => encodeURIComponent(value),
  json: (value) => JSON.stringify(value).slice(1, -1),
  shell: (value) => value.replaceAll("'", `'\\''`),
  hex: (value) => Buffer.from(value).toString("hex"),
};

/** Where any of the values stands in a text, in whatever form; also when line ends or chunk borders split it. */
export function findValues(values: readonly string[], text: string, place: string): string[] {
  const joined = text.replaceAll(/[\r\n]/g, "");
  return values.flatMap((value, index) =>
    Object.entries(FORMS)
      .filter(([, form]) => {
        const shown = form(value);
        return text.includes(shown) || joined.includes(shown);
      })
      .map(([name]) => `planted value ${index + 1} is in ${place} (${name})`),
  );
}
