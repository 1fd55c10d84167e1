import { EXIT_CODES, type Problem } from "../errors.ts";
import { compareSchemas, describeChange, isOrderOnly } from "../schema/compare-schemas.ts";
import type { SchemaSnapshot } from "../schema/types.ts";

/** One way through the migrations, in one direction. */
export interface WalkLeg {
  readonly direction: "up" | "down";
  readonly ran: readonly { readonly file: string; readonly seconds: number }[];
  /** Before and after. */
  readonly from: { readonly sha256: string; readonly snapshot: SchemaSnapshot };
  readonly to: { readonly sha256: string; readonly snapshot: SchemaSnapshot };
  /** Undefined: all of it ran. */
  readonly problem: Problem | undefined;
}

/** The answer of the verbs that take migrations up and down in a database of their own. */
export interface WalkReport {
  readonly outcome: "passed" | "failed";
  readonly app: string;
  /** `18.4`. */
  readonly postgres: string;
  readonly legs: readonly {
    readonly direction: "up" | "down";
    readonly ran: WalkLeg["ran"];
    /** Hex SHA-256 of the schema. */
    readonly schemaBefore: string;
    readonly schemaAfter: string;
  }[];
  readonly problems: readonly Problem[];
  readonly exitCode: number;
}

/** Judges a walk: every leg ran, and one that comes to where the walk has been before finds the same schema. */
export function walkReport(app: string, postgres: string, legs: readonly WalkLeg[]): WalkReport {
  const problems = [...legs.flatMap(({ problem }) => problem ?? []), ...strayed(legs)];
  const outcome = problems.length === 0 ? "passed" : "failed";
  return {
    outcome,
    app,
    postgres,
    legs: legs.map(({ direction, ran, from, to }) => ({
      direction,
      ran,
      schemaBefore: from.sha256,
      schemaAfter: to.sha256,
    })),
    problems,
    exitCode: EXIT_CODES[outcome === "passed" ? "done" : "checksFailed"].code,
  };
}

/** Of up, down, up: the down should end where the first up began, the second up where the first one ended. */
function strayed(legs: readonly WalkLeg[]): readonly Problem[] {
  const [up, down, again] = legs;
  if (up === undefined || down === undefined || again === undefined) return [];
  if (legs.some(({ problem }) => problem !== undefined)) return [];
  const isWhole = up.ran.length === down.ran.length;
  return [
    ...(isWhole ? differing("down", up.from.snapshot, down.to.snapshot) : []),
    ...differing("up again", up.to.snapshot, again.to.snapshot),
  ];
}

const SHOWN = 8;

function differing(leg: string, wanted: SchemaSnapshot, found: SchemaSnapshot): readonly Problem[] {
  const changes = compareSchemas(wanted, found);
  // Columns that come back stand last; whether that matters is judged migration by migration.
  if (isOrderOnly(changes)) return [];
  const told = changes.slice(0, SHOWN).map((change) => describeChange(change));
  const more = changes.length > SHOWN ? `; and ${changes.length - SHOWN} more` : "";
  return [
    {
      code: "ROUND_TRIP_STRAYED",
      at: leg,
      says: `the schema is not what it was: ${told.join("; ")}${more}`,
      hint: "slipway migrate rehearse names the migration whose down does not bring the schema back",
    },
  ];
}

/** The walk as people read it. */
export function describeWalk(report: WalkReport): string {
  const way = report.legs.map(({ direction }) => direction).join(", ");
  return [
    `${report.outcome === "passed" ? "went" : "failed on the way"} ${way} in a database of its own on Postgres ${report.postgres}, which was dropped`,
    ...report.legs.flatMap(({ direction, ran, schemaAfter }) => [
      `  ${direction}: ${ran.length} ${ran.length === 1 ? "migration" : "migrations"} in ${total(ran)} s, schema ${schemaAfter.slice(0, 12)}`,
      ...(report.legs.length > 2
        ? []
        : ran.map(({ file, seconds }) => `    ${seconds.toFixed(2)} s  ${file}`)),
    ]),
  ].join("\n");
}

function total(ran: WalkLeg["ran"]): string {
  return ran.reduce((sum, { seconds }) => sum + seconds, 0).toFixed(2);
}
