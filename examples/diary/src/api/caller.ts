import { createHash, timingSafeEqual } from "node:crypto";
import type { Pool } from "pg";

/** Who asks, and what the database shall let them see. */
export interface Caller {
  readonly clinicId: string;
  /** Undefined: staff of the clinic. */
  readonly patientId: string | undefined;
  readonly actor: string;
}

/** Who the bearer of a token is; undefined when nobody knows it. */
export type FindCaller = (token: string) => Promise<Caller | undefined>;

// Made by migrations/0001.
const SMOKE_TEST: Caller = {
  clinicId: "00000000-0000-4000-8000-00000000c11c",
  patientId: "00000000-0000-4000-8000-0000000000aa",
  actor: "smoke test",
};

/** Looks tokens up in the database; the smoke test's own token is known by its hash alone. */
export function callersOf(pool: Pool, smokeToken: string | undefined): FindCaller {
  const smokeHash = smokeToken === undefined ? undefined : sha256(smokeToken);
  return async (token) => {
    const hash = sha256(token);
    if (smokeHash !== undefined && timingSafeEqual(hash, smokeHash)) return SMOKE_TEST;

    const found = await pool.query<{ clinic_id: string; patient_id: string | null; actor: string }>(
      "select clinic_id, patient_id, actor from token_owner($1)",
      [hash],
    );
    const row = found.rows[0];
    return row && { clinicId: row.clinic_id, patientId: row.patient_id ?? undefined, actor: row.actor };
  };
}

/** The token of an `authorization` header; undefined when it is not a bearer's. */
export function bearerToken(header: string | undefined): string | undefined {
  return /^Bearer +([\w.~+/-]+=*)$/i.exec(header ?? "")?.[1];
}

export function sha256(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
