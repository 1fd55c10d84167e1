import { SlipwayError } from "./errors.ts";

// File systems allow 255 bytes a name; an ending is put to it.
const LONGEST = 200;

/**
 * A log's or document's name as one part of a path or key: small letters, digits, dashes, underscores and inner dots
 * stay, a slash becomes `~`, every other character the percent code of its UTF-8 bytes. Different names stay different,
 * also where capitals do not count. Throws ANCHOR_NAME_INVALID (exit 2) for one that is empty, too long or no Unicode.
 */
export function anchoredName(name: string): string {
  if (name === "" || !name.isWellFormed()) throw invalid(name);
  const safe = name.replace(/[^a-z0-9_-]/gu, (character, at: number) => {
    if (character === "/") return "~";
    return character === "." && at > 0 ? "." : percentCoded(character);
  });
  if (safe.length > LONGEST) throw invalid(name);
  return safe;
}

// encodeURIComponent leaves capitals and some signs as they are.
function percentCoded(character: string): string {
  const coded = encodeURIComponent(character);
  if (coded.startsWith("%")) return coded;
  return `%${(character.codePointAt(0) ?? 0).toString(16).toUpperCase()}`;
}

function invalid(name: string): SlipwayError {
  return new SlipwayError(
    {
      code: "ANCHOR_NAME_INVALID",
      at: "ledger/anchors",
      says: `${JSON.stringify(name.slice(0, 60))} cannot name what is kept at an anchor`,
      hint: `give the log a name of at most ${LONGEST} small letters, digits, dots, dashes and slashes`,
    },
    "usage",
  );
}
