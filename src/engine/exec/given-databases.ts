import type { ContainerState } from "../state/container.ts";
import type { Session } from "../state/session.ts";

const SCHEME = /^postgres(ql)?:$/;
const USUAL_PORT = 5432;

/** The Postgres servers whose URLs a container was given in secret variables: whoever gives one means it to be reached. */
export async function givenDatabases(
  session: Session,
  state: ContainerState,
  signal: AbortSignal,
): Promise<{ readonly host: string; readonly port: number }[]> {
  const values = await Promise.all(
    state.secretVariables.values().map((secret) => session.secrets.reveal(secret, signal)),
  );
  return values.flatMap((value) => databaseEndpoint(value) ?? []);
}

/** Host and port in a connection URL of Postgres; undefined: it is none, or names no host. */
export function databaseEndpoint(text: string): { readonly host: string; readonly port: number } | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, hostname, port } = new URL(text);
  if (!SCHEME.test(protocol) || hostname === "") return undefined;
  return { host: hostname, port: port === "" ? USUAL_PORT : Number(port) };
}
