import type { IncomingMessage } from "node:http";
import type { Pool } from "pg";
import { type Answer, refusal } from "./answer.ts";
import { asCaller } from "./as-caller.ts";
import type { Caller } from "./caller.ts";
import { isUuid, readEntry, type WrittenEntry } from "./entry.ts";
import { addEntry, changeEntry, findEntry, listEntries, removeEntry } from "./entry-store.ts";
import { readJson } from "./read-json.ts";

const PAGE = 50;
const NOT_FOUND = refusal(404, "there is no such entry");

/** Answers `/api/v1/entries` (no id) and `/api/v1/entries/<id>` for a known caller. */
export async function entries(
  request: IncomingMessage,
  pool: Pool,
  caller: Caller,
  id: string | undefined,
): Promise<Answer> {
  if (id !== undefined && !isUuid(id)) return NOT_FOUND;
  switch (`${request.method} ${id === undefined ? "all" : "one"}`) {
    case "GET all":
      return { status: 200, body: { entries: await asCaller(pool, caller, (db) => listEntries(db, PAGE)) } };
    case "POST all":
      return await withEntry(request, (written) => add(pool, caller, written));
    case "GET one":
      return orNotFound(await asCaller(pool, caller, (db) => findEntry(db, id ?? "")));
    case "PUT one":
      return await withEntry(request, async (written) =>
        orNotFound(await asCaller(pool, caller, (db) => changeEntry(db, id ?? "", written))),
      );
    case "DELETE one":
      return (await asCaller(pool, caller, (db) => removeEntry(db, id ?? ""))) ? { status: 204 } : NOT_FOUND;
    default:
      return {
        ...refusal(405, "this method is not supported here"),
        headers: { allow: id === undefined ? "GET, POST" : "GET, PUT, DELETE" },
      };
  }
}

async function add(pool: Pool, caller: Caller, written: WrittenEntry): Promise<Answer> {
  const patientId = written.patientId ?? caller.patientId;
  if (patientId === undefined)
    return refusal(422, "the entry is not valid", ["patientId: staff must say whose"]);
  const added = await asCaller(pool, caller, (db) => addEntry(db, caller, patientId, written));
  if (added === undefined)
    return refusal(422, "the entry is not valid", ["patientId: there is no such patient"]);
  return { status: 201, body: added, headers: { location: `/api/v1/entries/${added.id}` } };
}

async function withEntry(
  request: IncomingMessage,
  work: (written: WrittenEntry) => Promise<Answer>,
): Promise<Answer> {
  const body = await readJson(request);
  if (body.kind === "too-large") return refusal(413, "the body is larger than 64 KiB");
  if (body.kind === "not-json") return refusal(400, "the body is not JSON");
  const written = readEntry(body.value);
  if ("problems" in written) return refusal(422, "the entry is not valid", written.problems);
  return await work(written);
}

function orNotFound(found: unknown): Answer {
  return found === undefined ? NOT_FOUND : { status: 200, body: found };
}
