import {
  type DocumentNode,
  execute,
  type ExecutionResult,
  GraphQLError,
  type GraphQLFormattedError,
  parse,
  validate,
} from "graphql";
import type { Session } from "../state/session.ts";
import { formatError } from "./error-shape.ts";
import { resolveField, resolveType } from "./resolve-field.ts";
import { schema } from "./schema.ts";
import { subsetRules } from "./subset-rules.ts";

export interface Answer {
  readonly data?: unknown;
  readonly errors?: readonly GraphQLFormattedError[];
}

/** Answers one GraphQL document. Work that only this request wanted is cancelled when the signal aborts. */
export async function answer(session: Session, query: string, signal: AbortSignal): Promise<Answer> {
  let document: DocumentNode;
  try {
    document = parse(query);
  } catch (error) {
    if (error instanceof GraphQLError) return { errors: [formatError(error, session)] };
    throw error;
  }
  const problems = validate(schema, document, subsetRules);
  if (problems.length > 0) return { errors: problems.map((problem) => formatError(problem, session)) };

  const result: ExecutionResult = await execute({
    schema,
    document,
    contextValue: { session, signal },
    fieldResolver: resolveField,
    typeResolver: resolveType,
  });
  if (result.errors === undefined) return { data: result.data };
  return { data: result.data, errors: result.errors.map((error) => formatError(error, session)) };
}
