create table entries (
  id uuid primary key default gen_random_uuid(),
  clinic_id uuid not null,
  patient_id uuid not null,
  mood smallint not null check (mood between 1 and 5),
  note text not null check (length(note) <= 10000),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  foreign key (clinic_id, patient_id) references patients (clinic_id, id)
);

create index entries_newest_first on entries (clinic_id, patient_id, created_at desc);
