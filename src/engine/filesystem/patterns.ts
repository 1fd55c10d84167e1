import { patternInvalid } from "./problems.ts";

/** Compiled patterns of a `.dockerignore`. Paths have "/" between names and none at the ends. */
export interface Patterns {
  /** Whether the path is matched; `above` is the answer for the folder it lies in, whose matches reach down. */
  matches(path: string, above: Matched | undefined): Matched;
  /** Whether the path itself is matched, no matter what lies above it. */
  matchesExactly(path: string): boolean;
  /** Whether something below this folder could be matched. */
  mayMatchBelow(folder: string): boolean;
  /** Whether a `!` pattern could bring back something below this matched folder. */
  mayTakeBackBelow(folder: string): boolean;
}

export interface Matched {
  readonly taken: boolean;
  readonly byPattern: readonly boolean[];
}

interface Pattern {
  readonly negated: boolean;
  readonly whole: RegExp;
  /** One expression for each name of the pattern; undefined from the first `**` on. */
  readonly names: readonly (RegExp | undefined)[];
}

/** Compiles the patterns with the meaning that Docker and Dagger give them. Throws PATTERN_INVALID. */
export function compilePatterns(written: readonly string[]): Patterns {
  const patterns = written.flatMap(parse);
  return {
    matches(path, above) {
      let taken = false;
      const byPattern = patterns.map(({ negated, whole }, position) => {
        // A pattern that could not change the answer is not tried, and then does not reach down either: Docker's rule.
        const matched = above?.byPattern[position] === true || (negated === taken && whole.test(path));
        if (matched) taken = !negated;
        return matched;
      });
      return { taken, byPattern };
    },
    matchesExactly(path) {
      return patterns.reduce((taken, { whole, negated }) => (whole.test(path) ? !negated : taken), false);
    },
    mayMatchBelow(folder) {
      const names = folder.split("/");
      return patterns.some((pattern) => !pattern.negated && leadsBelow(pattern, names));
    },
    mayTakeBackBelow(folder) {
      const names = folder.split("/");
      return patterns.some((pattern) => pattern.negated && leadsBelow(pattern, names));
    },
  };
}

function parse(written: string): Pattern[] {
  const trimmed = written.trim();
  if (trimmed === "") return [];
  const negated = trimmed.startsWith("!");
  const text = clean(negated ? trimmed.slice(1) : trimmed);
  try {
    const names = text.split("/").map((name) => (name.includes("**") ? undefined : expression(name)));
    return [{ negated, whole: expression(text), names }];
  } catch (cause) {
    throw patternInvalid(written, cause);
  }
}

// A leading slash is dropped: "/dist" means "dist" at the top.
function clean(pattern: string): string {
  const names: string[] = [];
  for (const name of pattern.split("/")) {
    if (name === "" || name === ".") continue;
    if (name === ".." && names.length > 0 && names.at(-1) !== "..") names.pop();
    else names.push(name);
  }
  return names.join("/");
}

function expression(pattern: string): RegExp {
  const tokens = [...pattern.matchAll(/\*\*\/?|\[(?:\\.|[^\]\\])+\]|\\.|./gsu)];
  const parts = tokens.map(([token], position) => {
    if (token.startsWith("**")) {
      if (position === tokens.length - 1) return ".*";
      // "**.log" with nothing special after it is a plain suffix; everywhere else "**" ends at a slash.
      const suffix = position === 0 && token === "**" && !/[*?[\\]/.test(pattern.slice(2));
      return suffix ? ".*" : "(?:.*/)?";
    }
    if (token === "*") return "[^/]*";
    if (token === "?") return "[^/]";
    if (token === "[" || token === "\\") throw new SyntaxError(`"${token}" stands alone`);
    if (token.startsWith("[")) return token;
    return (token.startsWith("\\") ? token.slice(1) : token).replace(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
  });
  return new RegExp(`^${parts.join("")}$`, "su");
}

// Name by name: could the pattern match something deeper than the folder?
function leadsBelow(pattern: Pattern, folder: readonly string[]): boolean {
  for (const [position, name] of folder.entries()) {
    if (position >= pattern.names.length) return false;
    const wanted = pattern.names[position];
    if (wanted === undefined) return true;
    if (!wanted.test(name)) return false;
  }
  return pattern.names.length > folder.length;
}
