import { EXIT_CODES, SlipwayError } from "../errors.ts";
import { parseJson } from "../json.ts";
import type { Reply, Request } from "./calls.ts";

/** A letter holds no more bytes; the ledger refuses longer ones. */
export const LETTER_BYTES = 16 * 1024 * 1024;
/** Files are carried as base64. */
const FILES_MIB = (LETTER_BYTES / 1024 / 1024 / 4) * 3;

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
      hint: `keep bulk data out of migrations and seeds: all files of a run together may have about ${FILES_MIB} MiB`,
    },
    "verifyFailed",
  );
}

/** Throws `WORKER_LETTER_INVALID` (exit 11) for a text that is no request. */
export function readRequest(text: string): Request {
  const letter = parsed(text);
  if (!isRequest(letter)) throw invalid(text);
  return letter;
}

/** Throws `WORKER_LETTER_INVALID` (exit 11) for a text that is no reply. */
export function readReply(text: string): Reply {
  const letter = parsed(text);
  if (!isReply(letter)) throw invalid(text);
  return letter;
}

const CALLS = new Set(["carry", "open", "ask", "close", "settle"]);

// Both sides are the same version of Slipway, which the first letter says: what is checked here is the envelope.
function isRequest(letter: unknown): letter is Request {
  if (!isObject(letter) || !("id" in letter) || typeof letter.id !== "string") return false;
  if (kindOf(letter) === "cancel" || kindOf(letter) === "heard") return true;
  if (kindOf(letter) !== "call" || !("fence" in letter) || !("call" in letter)) return false;
  return (letter.fence === null || Number.isSafeInteger(letter.fence)) && CALLS.has(kindOf(letter.call));
}

function isReply(letter: unknown): letter is Reply {
  if (!isObject(letter)) return false;
  if (kindOf(letter) === "hello") return "tool" in letter && typeof letter.tool === "string";
  if (!("id" in letter) || typeof letter.id !== "string") return false;
  if (kindOf(letter) === "event") return "event" in letter && kindOf(letter.event) !== "";
  if (kindOf(letter) === "keeping") return "seeds" in letter && isObject(letter.seeds);
  return kindOf(letter) === "answer" && "answer" in letter && isWorkerAnswer(letter.answer);
}

function isWorkerAnswer(answer: unknown): boolean {
  if (kindOf(answer) === "value") return true;
  if (kindOf(answer) !== "fault" || !isObject(answer)) return false;
  if (!("exit" in answer) || !("problems" in answer)) return false;
  const { exit, problems } = answer;
  return typeof exit === "string" && exit in EXIT_CODES && Array.isArray(problems) && problems.length > 0;
}

function kindOf(value: unknown): string {
  if (!isObject(value) || !("kind" in value)) return "";
  return typeof value.kind === "string" ? value.kind : "";
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function parsed(text: string): unknown {
  const result = parseJson(text);
  return result.kind === "value" ? result.value : undefined;
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
