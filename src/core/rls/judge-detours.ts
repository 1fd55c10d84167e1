import type { Problem } from "../errors.ts";
import { catalogProblem } from "./catalog-problem.ts";
import type { DefinerFacts, ViewFacts } from "./types.ts";

/** A view that shows rows past the policies of what it reads. */
export function judgeView({ name, materialized, invoker, appReads, reads }: ViewFacts): Problem[] {
  const of = reads.join(", ");
  if (materialized) {
    if (!appReads) return [];
    return [
      catalogProblem(
        "RLS_MATERIALIZED_VIEW",
        name,
        `keeps rows of ${of} and cannot have policies`,
        "take the app's right to it away, or make it a view with security_invoker",
      ),
    ];
  }
  if (invoker) return [];
  return [
    catalogProblem(
      "RLS_VIEW_OF_OWNER",
      name,
      `reads ${of} with its owner's rights`,
      `alter view ${name} set (security_invoker = true)`,
    ),
  ];
}

/** A function that runs as its owner, whoever calls it. */
export function judgeDefiner({ name, pathFixed, publicMay }: DefinerFacts): Problem[] {
  const faults: Problem[] = [];
  if (!pathFixed) {
    faults.push(
      catalogProblem(
        "RLS_DEFINER_PATH",
        name,
        "runs with its owner's rights, and its caller chooses where it looks for tables",
        `alter function ${name} set search_path = pg_catalog, public, pg_temp`,
      ),
    );
  }
  if (publicMay) {
    faults.push(
      catalogProblem(
        "RLS_DEFINER_PUBLIC",
        name,
        "runs with its owner's rights, and every role may call it",
        `revoke execute on function ${name} from public`,
      ),
    );
  }
  return faults;
}
