import type { PoolClient } from "pg";
import type { Caller } from "./caller.ts";
import type { Entry, WrittenEntry } from "./entry.ts";

// Row-level security decides which rows these statements can touch; none of them names the clinic to filter by it.

interface Row {
  id: string;
  patient_id: string;
  mood: number;
  note: string;
  created_at: Date;
  updated_at: Date;
}

const COLUMNS = "id, patient_id, mood, note, created_at, updated_at";

export async function listEntries(client: PoolClient, limit: number): Promise<Entry[]> {
  const found = await client.query<Row>(
    `select ${COLUMNS} from entries order by created_at desc, id limit $1`,
    [limit],
  );
  return found.rows.map(entry);
}

export async function findEntry(client: PoolClient, id: string): Promise<Entry | undefined> {
  const found = await client.query<Row>(`select ${COLUMNS} from entries where id = $1`, [id]);
  return found.rows.map(entry)[0];
}

/** Undefined when the caller's clinic has no such patient. */
export async function addEntry(
  client: PoolClient,
  caller: Caller,
  patientId: string,
  { mood, note }: WrittenEntry,
): Promise<Entry | undefined> {
  const added = await client.query<Row>(
    `insert into entries (clinic_id, patient_id, mood, note)
     select $1, id, $3, $4 from patients where id = $2
     returning ${COLUMNS}`,
    [caller.clinicId, patientId, mood, note],
  );
  return added.rows.map(entry)[0];
}

export async function changeEntry(
  client: PoolClient,
  id: string,
  { mood, note }: WrittenEntry,
): Promise<Entry | undefined> {
  const changed = await client.query<Row>(
    `update entries set mood = $2, note = $3, updated_at = now() where id = $1 returning ${COLUMNS}`,
    [id, mood, note],
  );
  return changed.rows.map(entry)[0];
}

export async function removeEntry(client: PoolClient, id: string): Promise<boolean> {
  const removed = await client.query("delete from entries where id = $1", [id]);
  return removed.rowCount === 1;
}

function entry(row: Row): Entry {
  return {
    id: row.id,
    patientId: row.patient_id,
    mood: row.mood,
    note: row.note,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}
