/** A page of the diary, as the API shows it. */
export interface Entry {
  readonly id: string;
  readonly patientId: string;
  readonly mood: number;
  readonly note: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** What a caller may write. */
export interface WrittenEntry {
  readonly patientId: string | undefined;
  readonly mood: number;
  readonly note: string;
}

export const LONGEST_NOTE = 10_000;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export function isUuid(text: string): boolean {
  return UUID.test(text);
}

/** The entry, or everything that is wrong with it. */
export function readEntry(body: unknown): WrittenEntry | { readonly problems: readonly string[] } {
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    return { problems: ["the body should be a JSON object"] };
  }
  const { patientId, mood, note, ...rest } = body as Record<string, unknown>;
  const problems = Object.keys(rest).map((key) => `${key}: unknown key`);
  if (!isMood(mood)) problems.push("mood: should be a whole number from 1 to 5");
  if (typeof note !== "string" || note.length > LONGEST_NOTE) {
    problems.push(`note: should be a text of at most ${LONGEST_NOTE} characters`);
  }
  if (patientId !== undefined && !(typeof patientId === "string" && isUuid(patientId))) {
    problems.push("patientId: should be a UUID");
  }
  if (problems.length > 0) return { problems };
  return { patientId: patientId as string | undefined, mood: mood as number, note: note as string };
}

function isMood(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= 5;
}
