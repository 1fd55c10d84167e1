import { appendFile, mkdir, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { SlipwayError } from "../../core/errors.ts";
import { readVerifierKey, type VerifierKey } from "../../core/ledger/signed-note.ts";
import { noteTools } from "./note-tools.ts";

/** The keys of a trust file: one a line, lines with `#` are comments. Throws `TRUST_…` (exit 2). */
export async function readTrustFile(file: string): Promise<readonly VerifierKey[]> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    const says = code === "ENOENT" ? "is not there" : `cannot be read: ${code}`;
    throw problem("UNREADABLE", file, says, "give a file with one public key a line", error);
  }
  return text.split(/\r?\n/).flatMap((line, index) => {
    const written = line.trim();
    if (written === "" || written.startsWith("#")) return [];
    const key = readVerifierKey(written, noteTools);
    if (key !== undefined) return [key];
    throw problem(
      "WRONG",
      `${file}:${index + 1}`,
      `${JSON.stringify(written.slice(0, 100))} is no public key`,
      "write it as <name>+<id>+<base64>",
    );
  });
}

/** The keys of a trust file that may not be there yet. */
export async function readTrustFileIfAny(file: string): Promise<readonly VerifierKey[]> {
  try {
    return await readTrustFile(file);
  } catch (error) {
    const cause: unknown = error instanceof SlipwayError ? error.cause : undefined;
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return [];
    throw error;
  }
}

/** Adds a key unless it is there. */
export async function addToTrustFile(file: string, verifierKey: string): Promise<void> {
  const added = readVerifierKey(verifierKey, noteTools);
  const known = await readTrustFileIfAny(file);
  if (known.some(({ name, id }) => name === added?.name && id === added.id)) return;
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  // One write: two processes that add at once leave two whole lines.
  await appendFile(file, `${verifierKey}\n`, { mode: 0o644 });
}

function problem(code: string, at: string, says: string, hint: string, cause?: unknown): SlipwayError {
  return new SlipwayError({ code: `TRUST_${code}`, at, says, hint }, "usage", { cause });
}
