import type { Chapter } from "../planted.ts";
import { pair } from "../small-app.ts";

const column = (up: string, down: string) =>
  [`alter table users ${up};`, `alter table users ${down};`] as const;

/** The gate as a whole, with squawk. Each own rule by itself: test/golden/lint/planted.txt. */
export const LINT: Chapter = {
  promise: "Lint",
  mistakes: [
    {
      mistake: "migrations that block, break and open: one mistake in each file",
      argv: ["migrate", "lint"],
      exit: 12,
      codes: [
        "LINT_REQUIRE_CONCURRENT_INDEX_CREATION",
        "LINT_REQUIRE_CONCURRENT_INDEX_DELETION",
        "LINT_ADDING_REQUIRED_FIELD",
        "LINT_RENAMING_COLUMN",
        "LINT_CHANGING_COLUMN_TYPE",
        "LINT_ADDING_NOT_NULLABLE_FIELD",
        "LINT_ROW_SECURITY_OFF",
        "LINT_NO_WHERE",
        "LINT_ADDING_FIELD_WITH_DEFAULT",
        "LINT_CONSTRAINT_MISSING_NOT_VALID",
        "LINT_CONSTRAINT_MISSING_NOT_VALID",
        "LINT_ADDING_FOREIGN_KEY_CONSTRAINT",
        "LINT_CONSTRAINT_MISSING_NOT_VALID",
        "LINT_DISALLOWED_UNIQUE_CONSTRAINT",
        "LINT_REQUIRE_CONCURRENT_REINDEX",
        "LINT_REQUIRE_CONCURRENT_REINDEX",
      ],
      files: {
        ...pair("0004_index", "create index users_name on users (name);", "drop index users_name;"),
        ...pair("0005_required", ...column("add column age bigint not null", "drop column age")),
        ...pair(
          "0006_rename",
          ...column("rename column name to full_name", "rename column full_name to name"),
        ),
        ...pair("0007_type", ...column("alter column mail type varchar", "alter column mail type text")),
        ...pair(
          "0008_not_null",
          ...column("alter column mail set not null", "alter column mail drop not null"),
        ),
        ...pair("0009_open", ...column("disable row level security", "enable row level security")),
        ...pair(
          "0011_volatile",
          ...column("add column key uuid default gen_random_uuid()", "drop column key"),
        ),
        ...pair("0012_check", ...column("add constraint named check (name <> '')", "drop constraint named")),
        ...pair(
          "0013_foreign",
          ...column("add constraint self foreign key (id) references users (id)", "drop constraint self"),
        ),
        ...pair(
          "0014_unique",
          ...column("add constraint one_name unique (name)", "drop constraint one_name"),
        ),
        ...pair("0015_reindex", "reindex table users;", "reindex table users;"),
        ...pair(
          "0010_all",
          "update users set mail = lower(mail);",
          "update users set mail = upper(mail) where true;",
        ),
      },
    },
    {
      mistake: "SQL that Postgres does not take",
      argv: ["migrate", "lint"],
      exit: 12,
      codes: ["LINT_SYNTAX"],
      files: { "migrations/0003_mail.down.sql": "select 1;\nalter tabel users drop column mail;\n" },
    },
    {
      mistake: "a settings file for lint that holds something else",
      argv: ["migrate", "lint"],
      exit: 12,
      codes: ["LINT_FILE_INVALID"],
      files: { "migrations/lint.json": '{ "tenantColumns": "clinic_id" }' },
    },
    {
      mistake: "a settings file for lint that is no JSON",
      argv: ["migrate", "lint"],
      exit: 12,
      codes: ["FILE_UNREADABLE"],
      files: { "migrations/lint.json": '{ "tenantColumns": ' },
    },
  ],
};
