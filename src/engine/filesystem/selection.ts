import { type IgnoreRule, ignoreRule, isIgnored } from "./gitignore.ts";
import { type Matched, compilePatterns } from "./patterns.ts";
import type { Filter } from "./types.ts";

export type Kind = "file" | "directory" | "symlink";

/** A tree to choose from: a folder of this machine or the union of a snapshot. `Ref` is how it names an entry. */
export interface Source<Ref> {
  /** The entries of a directory, sorted by name. */
  list(directory: Ref): Promise<readonly { name: string; kind: Kind; ref: Ref }[]>;
  read(file: Ref): Promise<string>;
}

export interface Selected<Ref> {
  /** Relative to where the selection began. */
  readonly path: string;
  readonly kind: Kind;
  readonly ref: Ref;
}

interface Place<Ref> {
  readonly ref: Ref;
  readonly path: string;
  readonly included: Matched | undefined;
  readonly excluded: Matched | undefined;
  readonly rules: readonly IgnoreRule[];
}

/**
 * What the filter takes, each directory before its content. A directory that is not itself taken appears when something
 * below it is.
 */
export async function select<Ref>(
  source: Source<Ref>,
  root: Ref,
  filter: Filter,
  outerRules: readonly IgnoreRule[] = [],
): Promise<Selected<Ref>[]> {
  const include = filter.include?.length ? compilePatterns(filter.include) : undefined;
  const exclude = filter.exclude?.length ? compilePatterns(filter.exclude) : undefined;
  const selected: Selected<Ref>[] = [];

  async function visit(place: Place<Ref>, waiting: readonly Selected<Ref>[]): Promise<void> {
    const children = await source.list(place.ref);
    const ignoreFile = filter.gitignore ? children.find(isIgnoreFile) : undefined;
    const rules =
      ignoreFile === undefined
        ? place.rules
        : [...place.rules, ignoreRule(await source.read(ignoreFile.ref), place.path)];
    let parents = waiting;
    for (const { name, kind, ref } of children) {
      const path = place.path === "" ? name : `${place.path}/${name}`;
      if (isIgnored(rules, path, kind)) continue;
      const included = include?.matches(path, place.included);
      const excluded = exclude?.matches(path, place.excluded);
      const entry = { path, kind, ref };
      const taken = included?.taken !== false && excluded?.taken !== true;
      if (taken) {
        selected.push(...parents, entry);
        parents = [];
      }
      const inside =
        (included?.taken !== false || include?.mayMatchBelow(path)) &&
        (excluded?.taken !== true || exclude?.mayTakeBackBelow(path));
      if (kind !== "directory" || !inside) continue;
      const before = selected.length;
      await visit({ ref, path, included, excluded, rules }, taken ? [] : [...parents, entry]);
      if (selected.length > before) parents = [];
    }
  }

  await visit({ ref: root, path: "", included: undefined, excluded: undefined, rules: outerRules }, []);
  return selected;
}

function isIgnoreFile({ name, kind }: { name: string; kind: Kind }): boolean {
  return name === ".gitignore" && kind === "file";
}
