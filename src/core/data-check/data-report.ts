import { EXIT_CODES, type Problem } from "../errors.ts";

/** What a database holds that no migration should leave behind. Names only, never a row. */
export interface DataFacts {
  /** Qualified names. */
  readonly invalidIndexes: readonly string[];
  readonly unvalidated: readonly { readonly table: string; readonly constraint: string }[];
  /** Sequences whose next value is there already. */
  readonly behind: readonly { readonly sequence: string; readonly column: string }[];
  /** The app's own assertions: a file is met when its query answers no row. */
  readonly assertions: readonly {
    readonly file: string;
    readonly rows: number;
    /** What the server said when it could not be asked. */
    readonly failure?: string;
  }[];
  /** Tables that the role may not read whole. */
  readonly unread: readonly string[];
}

/** The answer of `migrate check`. */
export interface DataReport {
  readonly outcome: "sound" | "unsound";
  readonly app: string;
  readonly environment: string | null;
  readonly assertions: number;
  /** Tables that could not be looked at: row-level security hides rows of them from the role. */
  readonly unchecked: readonly string[];
  readonly problems: readonly Problem[];
  readonly exitCode: number;
}

/** Judges what was found. */
export function dataReport(
  subject: { readonly app: string; readonly environment: string | null },
  facts: DataFacts,
): DataReport {
  const problems = [
    ...facts.invalidIndexes.map(invalidIndex),
    ...facts.unvalidated.map(unvalidated),
    ...facts.behind.map(behind),
    ...facts.assertions.filter(({ rows, failure }) => rows > 0 || failure !== undefined).map(assertion),
  ];
  const outcome = problems.length === 0 ? "sound" : "unsound";
  const exitCode = EXIT_CODES[problems.length === 0 ? "done" : "checksFailed"].code;
  return {
    outcome,
    ...subject,
    assertions: facts.assertions.length,
    unchecked: facts.unread,
    problems,
    exitCode,
  };
}

function invalidIndex(name: string): Problem {
  return {
    code: "DATA_INDEX_INVALID",
    at: name,
    says: "is not valid: no query uses it, and every write pays for it",
    hint: `reindex index concurrently ${name}, or drop it`,
  };
}

function unvalidated({ table, constraint }: DataFacts["unvalidated"][number]): Problem {
  return {
    code: "DATA_CONSTRAINT_NOT_VALIDATED",
    at: table,
    says: `has the constraint ${constraint}, which older rows may break`,
    hint: `in the next migration: alter table ${table} validate constraint ${constraint}`,
  };
}

function behind({ sequence, column }: DataFacts["behind"][number]): Problem {
  return {
    code: "DATA_SEQUENCE_BEHIND",
    at: sequence,
    says: `will give a value that ${column} has already`,
    hint: "set it past the largest value with setval",
  };
}

function assertion({ file, rows, failure }: DataFacts["assertions"][number]): Problem {
  if (failure !== undefined) {
    const hint = "write a query that only reads and answers the rows that should not be there";
    return { code: "DATA_ASSERTION_NOT_ASKED", at: file, says: `could not be asked: ${failure}`, hint };
  }
  return {
    code: "DATA_ASSERTION_FAILED",
    at: file,
    says: `found ${rows} ${rows === 1 ? "row" : "rows"}, and should find none`,
    hint: "run its query to see them",
  };
}

/** The report as people read it; the problems are told apart from it. */
export function describeData({ outcome, assertions, unchecked, problems }: DataReport): string {
  const hidden = unchecked.map(
    (table) =>
      `\n  not checked: the sequence of ${table}, whose rows row-level security hides from this role`,
  );
  const met = `${assertions} ${assertions === 1 ? "assertion" : "assertions"} of the app`;
  if (outcome === "sound") {
    return `sound: indexes valid, constraints validated, sequences ahead, ${met} met${hidden.join("")}`;
  }
  return `unsound: ${problems.length} ${problems.length === 1 ? "thing is" : "things are"} wrong${hidden.join("")}`;
}
