import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

// Migrations of one table each, in the forms that the tools read which are compared.

/** A folder of pairs, as Slipway's own projects have them. */
export function writePairs(folder: string, count: number): string {
  mkdirSync(folder, { recursive: true });
  for (const number of numbers(count)) {
    writeFileSync(join(folder, `${idOf(number)}.up.sql`), `${tableOf(number)}\n`);
    writeFileSync(join(folder, `${idOf(number)}.down.sql`), `drop table t${number};\n`);
  }
  return folder;
}

/** A folder of single files, as node-pg-migrate writes them. */
export function writeSingles(folder: string, count: number): string {
  mkdirSync(folder, { recursive: true });
  for (const number of numbers(count)) {
    const text = `-- Up Migration\n${tableOf(number)}\n-- Down Migration\ndrop table t${number};\n`;
    writeFileSync(join(folder, `${idOf(number)}.sql`), text);
  }
  return folder;
}

/** A script for psql: a transaction and a row of history for each. */
export function psqlScript(count: number): string {
  const history =
    "create table history (id serial primary key, name text not null, run_on timestamp not null);";
  const each = numbers(count).map((number) => {
    const remember = `insert into history (name, run_on) values ('${idOf(number)}', now());`;
    return `begin;\n${tableOf(number)}\n${remember}\ncommit;`;
  });
  return [history, ...each].join("\n");
}

/** All tables in one text. */
export function allTables(count: number): string {
  return numbers(count).map(tableOf).join("\n");
}

function numbers(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

function idOf(number: number): string {
  return `${String(number).padStart(4, "0")}_t`;
}

function tableOf(number: number): string {
  return `create table t${number} (id bigint primary key, note text);`;
}
