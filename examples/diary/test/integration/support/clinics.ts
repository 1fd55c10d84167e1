import { randomBytes, randomUUID } from "node:crypto";
import type { Client } from "pg";
import { sha256 } from "../../../src/api/caller.ts";

/** A clinic with one patient, and a token for each of the two. */
export interface TestClinic {
  readonly id: string;
  readonly patientId: string;
  readonly staffToken: string;
  readonly patientToken: string;
}

/** Makes a clinic as its owner would. FORCE binds the owner too, so the settings have to name the clinic. */
export async function testClinic(owner: Client, name: string): Promise<TestClinic> {
  const clinic = {
    id: randomUUID(),
    patientId: randomUUID(),
    staffToken: randomBytes(32).toString("base64url"),
    patientToken: randomBytes(32).toString("base64url"),
  };
  await owner.query("begin");
  await owner.query("select set_config('app.clinic_id', $1, true)", [clinic.id]);
  await owner.query("insert into clinics (id, name) values ($1, $2)", [clinic.id, name]);
  await owner.query("insert into patients (id, clinic_id, name) values ($1, $2, $3)", [
    clinic.patientId,
    clinic.id,
    `patient of ${name}`,
  ]);
  await owner.query(
    `insert into tokens (sha256, clinic_id, patient_id, actor, expires_at)
     values ($1, $2, null, 'nurse', now() + interval '1 hour'), ($3, $2, $4, 'patient', now() + interval '1 hour')`,
    [sha256(clinic.staffToken), clinic.id, sha256(clinic.patientToken), clinic.patientId],
  );
  await owner.query("commit");
  return clinic;
}
