import { dag, GraphQLClient } from "@dagger.io/dagger";

/** A command that failed, as an engine's answer tells it. */
export class FailedExec extends Error {
  readonly extensions: object;

  constructor(cmd: readonly string[], exitCode: number, stderr = "") {
    super(`exit code: ${exitCode}`);
    this.extensions = { _type: "EXEC_ERROR", cmd, exitCode, stdout: "", stderr };
  }
}

/** Stands in for an engine: notes every query in one line and answers it with `answer(query)`, or with its FailedExec. */
export function captureQueries(answer: (query: string) => unknown): string[] {
  const queries: string[] = [];
  const engine = (_url: unknown, init?: { body?: unknown }) => {
    const query = (JSON.parse(String(init?.body)) as { query: string }).query.replaceAll(/\s+/g, " ").trim();
    queries.push(query);
    const headers = { "content-type": "application/json" };
    return Promise.resolve(new Response(JSON.stringify(respond(query, answer)), { headers }));
  };
  const client = new GraphQLClient("http://engine.invalid/query", { fetch: engine });
  const inner = dag as unknown as { _ctx: { _connection: { setGQLClient(client: unknown): void } } };
  // oxlint-disable-next-line no-underscore-dangle -- the SDK has no public way to give its client another connection
  inner._ctx._connection.setGQLClient(client);
  return queries;
}

function respond(query: string, answer: (query: string) => unknown): object {
  try {
    return { data: nest(query, answer(query)) };
  } catch (error) {
    if (!(error instanceof FailedExec)) throw error;
    return { data: null, errors: [{ message: error.message, extensions: error.extensions }] };
  }
}

/** The answer at the depth at which the query asks for it. */
function nest(query: string, value: unknown): unknown {
  const names: string[] = [];
  let depth = 0;
  // Braces inside arguments belong to texts and objects, so only those outside parentheses count.
  for (const [token] of query.matchAll(/"(?:\\.|[^"\\])*"|[(){}]|\.\.\. on \w+|\w+/g)) {
    if (token === "(") depth += 1;
    else if (token === ")") depth -= 1;
    else if (depth === 0 && /^\w+$/.test(token)) names.push(token);
  }
  return names.reduceRight<unknown>((inner, name) => ({ [name]: inner }), value);
}
