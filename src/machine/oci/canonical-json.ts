import canonicalize from "canonicalize";

/** The bytes of a document in the one form of RFC 8785, so that the same document has the same digest everywhere. */
export function canonicalJson(document: object): Buffer {
  const text = canonicalize(document);
  if (text === undefined) throw new TypeError("the document is not JSON");
  return Buffer.from(text);
}
