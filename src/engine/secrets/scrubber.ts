const SCRUBBED = "***";

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
  const expression = all.length === 0 ? undefined : new RegExp(all.map(escaped).join("|"), "g");
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
  for (let start = Math.max(from, text.length - longest); start < text.length; start += 1) {
    const tail = text.slice(start);
    if (all.some((pattern) => pattern.length > tail.length && pattern.startsWith(tail))) return start;
  }
  return text.length;
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
