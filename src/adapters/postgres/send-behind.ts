import type { Client, QueryResult } from "pg";

/**
 * Sends statements behind others that go before them, in one message: one journey for both. Answers the results of the
 * statements alone; where an error tells a position, it is that in `text`.
 *
 * @param opening statements without values and without quotes, each with its semicolon; empty: none go before
 */
export async function sendBehind(
  client: Client,
  opening: string,
  text: string,
  values?: unknown[],
): Promise<QueryResult[]> {
  if (opening === "") return [await client.query(text, values)].flat();
  const before = `${opening}\n`;
  try {
    const results = [await client.query(before + text)].flat();
    return results.slice(opening.split(";").length - 1);
  } catch (error) {
    if (error instanceof Error && "position" in error && error.position !== undefined)
      error.position = String(Number(error.position) - before.length);
    throw error;
  }
}
