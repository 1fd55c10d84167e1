import { EXIT_CODES, SlipwayError } from "../errors.ts";
import { parseJson } from "../json.ts";
import type { Reply, Request } from "./calls.ts";

/** A letter holds no more bytes; the ledger refuses longer ones. */
export const LETTER_BYTES = 16 * 1024 * 1024;

/** A request or a reply as it is sent. Throws `WORKER_LETTER_TOO_LONG` (exit 11). */
export function writeLetter(letter: Request | Reply): string {
  const text = JSON.stringify(letter);
  const bytes = new TextEncoder().encode(text).length;
  if (bytes <= LETTER_BYTES) return text;
  throw new SlipwayError(
    {
      code: "WORKER_LETTER_TOO_LONG",
      at: letter.kind,
      says: `${(bytes / 1024 / 1024).toFixed(1)} MiB do not fit into a letter between a deployment and its worker`,
      hint: `keep bulk data out of migrations: all of them together may have ${LETTER_BYTES / 1024 / 1024} MiB`,
    },
    "verifyFailed",
  );
}

/** Throws `WORKER_LETTER_INVALID` (exit 11) for a text that is no request. */
export function readRequest(text: string): Request {
  const letter = fieldsOf(text);
  const isCancel = letter["kind"] === "cancel" && typeof letter["id"] === "string";
  const isCall =
    letter["kind"] === "call" &&
    typeof letter["id"] === "string" &&
    (letter["fence"] === null || Number.isSafeInteger(letter["fence"])) &&
    CALLS.has(kindOf(letter["call"]));
  if (!isCancel && !isCall) throw invalid(text);
  return letter as unknown as Request;
}

/** Throws `WORKER_LETTER_INVALID` (exit 11) for a text that is no reply. */
export function readReply(text: string): Reply {
  const letter = fieldsOf(text);
  const { kind, id, tool, event, answer } = letter;
  const isHello = kind === "hello" && typeof tool === "string";
  const isEvent = kind === "event" && typeof id === "string" && kindOf(event) !== "";
  const isAnswer = kind === "answer" && typeof id === "string" && isWorkerAnswer(answer);
  if (!isHello && !isEvent && !isAnswer) throw invalid(text);
  return letter as unknown as Reply;
}

const CALLS = new Set(["carry", "open", "ask", "close", "settle"]);

function isWorkerAnswer(answer: unknown): boolean {
  const kind = kindOf(answer);
  if (kind === "value") return true;
  if (kind !== "fault") return false;
  const { exit, problems } = answer as { readonly exit?: unknown; readonly problems?: unknown };
  return typeof exit === "string" && exit in EXIT_CODES && Array.isArray(problems) && problems.length > 0;
}

function kindOf(value: unknown): string {
  if (typeof value !== "object" || value === null || !("kind" in value)) return "";
  return typeof value.kind === "string" ? value.kind : "";
}

function fieldsOf(text: string): Readonly<Record<string, unknown>> {
  const parsed = parseJson(text);
  if (parsed.kind !== "value" || typeof parsed.value !== "object" || parsed.value === null)
    throw invalid(text);
  return parsed.value as Readonly<Record<string, unknown>>;
}

function invalid(text: string): SlipwayError {
  return new SlipwayError(
    {
      code: "WORKER_LETTER_INVALID",
      at: "slipway_ledger.worker_letters",
      says: `holds what is no letter between a deployment and its worker, ${text.length} characters long`,
      hint: "give the worker's image the version of Slipway that deploys, and find out who else writes there",
    },
    "verifyFailed",
  );
}
