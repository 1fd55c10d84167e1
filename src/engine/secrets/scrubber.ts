const SCRUBBED = "***";

/** A shorter one, found over the end of a line, would more likely be two words of the text. */
const SHORTEST_WRAPPED = 12;

/** The patterns to look for; read again for each chunk, so that a secret that becomes known later counts at once. */
export interface Patterns {
  /** Longest first; one character per byte. */
  readonly all: readonly string[];
  /** All of them in one expression, longest first. */
  readonly expression: RegExp | undefined;
}

/** Prepares patterns for `Scrubber` and `scrubText`. */
export function preparePatterns(patterns: Iterable<string>): Patterns {
  const all = [...new Set(patterns)].toSorted((a, b) => b.length - a.length);
  const expression = all.length === 0 ? undefined : new RegExp(all.map(matching).join("|"), "g");
  return { all, expression };
}

/** A text with every secret in it replaced by `***`. */
export function scrubText(text: string, patterns: Patterns): string {
  if (patterns.expression === undefined) return text;
  const bytes = Buffer.from(text).toString("latin1");
  return Buffer.from(bytes.replaceAll(patterns.expression, SCRUBBED), "latin1").toString();
}

/** Replaces secrets in a stream, also where one is split over chunks. What may yet become one is held back. */
export class Scrubber {
  readonly #patterns: () => Patterns;
  #held = "";

  constructor(patterns: () => Patterns) {
    this.#patterns = patterns;
  }

  /** The part of what came so far that can be shown. */
  push(chunk: Uint8Array): Buffer {
    const patterns = this.#patterns();
    const text =
      this.#held + Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString("latin1");
    const { shown, rest } = split(text, patterns);
    this.#held = rest;
    return Buffer.from(shown, "latin1");
  }

  /** The rest, when the stream has ended. */
  end(): Buffer {
    const { expression } = this.#patterns();
    const rest = expression === undefined ? this.#held : this.#held.replaceAll(expression, SCRUBBED);
    this.#held = "";
    return Buffer.from(rest, "latin1");
  }
}

function split(text: string, { all, expression }: Patterns): { shown: string; rest: string } {
  if (expression === undefined) return { shown: text, rest: "" };

  let shown = "";
  let from = 0;
  let open = unfinished(text, from, all);
  expression.lastIndex = 0;
  for (let match = expression.exec(text); match !== null; match = expression.exec(text)) {
    // At `open` a longer pattern may still be coming; a match there has to wait for it.
    if (match.index >= open) break;
    shown += text.slice(from, match.index) + SCRUBBED;
    from = match.index + match[0].length;
    if (from > open) open = unfinished(text, from, all);
  }
  return { shown: shown + text.slice(from, open), rest: text.slice(open) };
}

/** Where, at or after `from`, the end of the text could be the beginning of a pattern; the text's length if nowhere. */
function unfinished(text: string, from: number, all: readonly string[]): number {
  const longest = (all[0]?.length ?? 1) - 1;
  let begin = text.length;
  for (let seen = 0; begin > from && seen < longest; begin -= 1) {
    if (!isLineBreak(text[begin - 1])) seen += 1;
  }
  for (let start = begin; start < text.length; start += 1) {
    if (isLineBreak(text[start])) continue;
    const tail = text.slice(start);
    const joined = tail.replaceAll(/[\r\n]/g, "");
    const mayGrow = (pattern: string) =>
      beginsWith(pattern, tail) || (isWrapped(pattern) && beginsWith(pattern, joined));
    if (all.some(mayGrow)) return start;
  }
  return text.length;
}

function beginsWith(pattern: string, tail: string): boolean {
  return pattern.length > tail.length && pattern.startsWith(tail);
}

function isLineBreak(character: string | undefined): boolean {
  return character === "\n" || character === "\r";
}

/** `base64` and its like begin a new line after 76 or 64 characters, so a long pattern of their alphabet may be broken. */
function isWrapped(pattern: string): boolean {
  return pattern.length >= SHORTEST_WRAPPED && /^[A-Za-z0-9+/_-]+$/.test(pattern);
}

function matching(pattern: string): string {
  return isWrapped(pattern) ? Array.from(pattern, escaped).join("\\r?\\n?") : escaped(pattern);
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
