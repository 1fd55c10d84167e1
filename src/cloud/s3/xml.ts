import { AwsError } from "../wire/aws-error.ts";

const NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/";

/** An element's content: a text, elements by name in their order, or nothing. */
export type Xml = string | readonly (readonly [name: string, content: Xml])[] | undefined;

export function writeXml(root: string, content: Xml): string {
  const namespace = root === "Error" ? "" : ` xmlns="${NAMESPACE}"`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root}${namespace}>${inner(content)}</${root}>`;
}

function inner(content: Xml): string {
  if (content === undefined) return "";
  if (typeof content === "string") return escape(content);
  return content
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `<${name}>${inner(value)}</${name}>`)
    .join("");
}

// Control characters have no form in XML 1.0; S3 writes them as references all the same.
function escape(text: string): string {
  return text.replace(/[&<>"'\p{Cc}]/gu, (character) => `&#x${character.charCodeAt(0).toString(16)};`);
}

const TOKEN = /<\?[^>]*\?>|<!--[\s\S]*?-->|<(\/?)([A-Za-z][\w.-]*)([^<>]*?)(\/?)>|([^<]+)/gy;

/** The text at a path of element names; undefined when there is none. */
export type ReadXml = (...path: readonly string[]) => string | undefined;

/** Reads a small document of elements and texts. Throws MalformedXML for anything else, a DOCTYPE included. */
export function readXml(text: string): ReadXml {
  const texts = new Map<string, string>();
  const open: string[] = [];
  let end = 0;
  for (const match of text.trim().matchAll(TOKEN)) {
    const [token, close, name, , isEmpty, characters] = match;
    end = match.index + token.length;
    if (name !== undefined && close === "") {
      open.push(name);
      if (open.length > 8) throw malformed();
      texts.set(open.join("/"), "");
    }
    if (name !== undefined && (close === "/" || isEmpty === "/") && open.pop() !== name) throw malformed();
    const path = open.join("/");
    if (characters !== undefined && texts.has(path)) texts.set(path, texts.get(path) + unescape(characters));
  }
  if (open.length > 0 || end !== text.trim().length || texts.size === 0) throw malformed();
  return (...path) => texts.get(path.join("/"))?.trim();
}

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

function unescape(text: string): string {
  return text.replace(/&([a-z]+|#\d+|#x[\da-f]+);/gi, (whole, entity: string) => {
    if (!entity.startsWith("#")) return ENTITIES[entity] ?? whole;
    const isHex = entity[1]?.toLowerCase() === "x";
    const code = Number.parseInt(entity.slice(isHex ? 2 : 1), isHex ? 16 : 10);
    return code <= 0x10_ff_ff ? String.fromCodePoint(code) : whole;
  });
}

export function malformed(): AwsError {
  return new AwsError(
    "MalformedXML",
    "The XML you provided was not well-formed or did not validate against our published schema",
  );
}
