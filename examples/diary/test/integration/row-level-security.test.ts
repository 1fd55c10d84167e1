import assert from "node:assert/strict";
import { test } from "node:test";
import { asCaller } from "../../src/api/as-caller.ts";
import { testClinic } from "./support/clinics.ts";
import { testDatabase } from "./support/database.ts";

const { owner, app, pool } = await testDatabase("migrated");
const north = await testClinic(owner, "North");
const south = await testClinic(owner, "South");
const TABLES = ["clinics", "patients", "entries", "audit_log"];

const staffOf = (clinic: { id: string }) => ({ clinicId: clinic.id, patientId: undefined, actor: "nurse" });
const add = "insert into entries (clinic_id, patient_id, mood, note) values ($1, $2, 3, 'note')";
for (const clinic of [north, south]) {
  await asCaller(pool, staffOf(clinic), (db) => db.query(add, [clinic.id, clinic.patientId]));
}

test("without a clinic nothing is visible, to the service and to the owner", async () => {
  const service = await app();
  for (const client of [service, owner]) {
    for (const table of TABLES) {
      const { rowCount } = await client.query(`select from ${table}`);
      assert.equal(rowCount, 0, table);
    }
  }
});

test("a clinic sees its own rows in every table and no others", async () => {
  for (const clinic of [north, south]) {
    await asCaller(pool, staffOf(clinic), async (db) => {
      const seen = [];
      for (const table of TABLES) {
        const column = table === "clinics" ? "id" : "clinic_id";
        const found = await db.query<{ clinic: string }>(`select distinct ${column} as clinic from ${table}`);
        seen.push(found.rows);
      }
      assert.deepEqual(
        seen,
        TABLES.map(() => [{ clinic: clinic.id }]),
      );
    });
  }
});

test("a clinic can neither write into another nor move, change or delete its rows", async () => {
  const caller = staffOf(north);
  await assert.rejects(
    asCaller(pool, caller, (db) => db.query(add, [south.id, south.patientId])),
    { code: "42501" },
  );
  await assert.rejects(
    asCaller(pool, caller, (db) =>
      db.query("update entries set clinic_id = $1, patient_id = $2", [south.id, south.patientId]),
    ),
    { code: "42501" },
  );
  for (const sql of [
    "update entries set mood = 1 where clinic_id = $1",
    "delete from entries where clinic_id = $1",
  ]) {
    const { rowCount } = await asCaller(pool, caller, (db) => db.query(sql, [south.id]));
    assert.equal(rowCount, 0, sql);
  }
});

test("a patient of another clinic cannot be given an entry", async () => {
  await assert.rejects(
    asCaller(pool, staffOf(north), (db) => db.query(add, [north.id, south.patientId])),
    { code: "23503" },
  );
});

test("a patient sees nothing of another patient in the same clinic", async () => {
  const stranger = { ...staffOf(north), patientId: south.patientId };
  await asCaller(pool, stranger, async (db) => {
    assert.equal((await db.query("select from entries")).rowCount, 0);
    assert.equal((await db.query("select from patients")).rowCount, 0);
  });
});

test("a connection keeps nothing of its last caller", async () => {
  await asCaller(pool, staffOf(north), (db) => db.query("select 1"));

  assert.equal((await pool.query("select from entries")).rowCount, 0);
});

test("the service owns nothing, bypasses nothing, reads no token and cannot write the audit log", async () => {
  const service = await app();
  const role = await service.query(
    "select rolsuper, rolbypassrls from pg_roles where rolname = current_user",
  );
  assert.deepEqual(role.rows, [{ rolsuper: false, rolbypassrls: false }]);
  const owned = await service.query("select from pg_class where relowner = current_user::regrole");
  assert.equal(owned.rowCount, 0);
  for (const sql of [
    "select from tokens",
    "delete from audit_log",
    "update audit_log set actor = 'nobody'",
    "insert into audit_log (clinic_id, entry_id, actor, action) values (gen_random_uuid(), gen_random_uuid(), 'x', 'DELETE')",
    "alter table entries disable row level security",
  ]) {
    await assert.rejects(service.query(sql), { code: "42501" }, sql);
  }
});

test("the audit log says who changed what, and when", async () => {
  const caller = { ...staffOf(north), actor: "Dr. North" };
  const log = await asCaller(pool, caller, async (db) => {
    const added = await db.query<{ id: string }>(`${add} returning id`, [north.id, north.patientId]);
    const id = added.rows[0]?.id;
    await db.query("update entries set mood = 5 where id = $1", [id]);
    await db.query("delete from entries where id = $1", [id]);
    return await db.query(
      `select actor, action, (old->>'mood')::int as old, (new->>'mood')::int as new,
              at between now() and clock_timestamp() as timely
       from audit_log where entry_id = $1 order by id`,
      [id],
    );
  });

  assert.deepEqual(log.rows, [
    { actor: "Dr. North", action: "INSERT", old: null, new: 3, timely: true },
    { actor: "Dr. North", action: "UPDATE", old: 3, new: 5, timely: true },
    { actor: "Dr. North", action: "DELETE", old: 5, new: null, timely: true },
  ]);
});
