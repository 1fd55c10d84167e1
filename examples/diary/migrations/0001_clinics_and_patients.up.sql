create table clinics (
  id uuid primary key default gen_random_uuid(),
  name text not null unique check (length(name) between 1 and 200),
  created_at timestamptz not null default now()
);

create table patients (
  id uuid primary key default gen_random_uuid(),
  clinic_id uuid not null references clinics (id),
  name text not null check (length(name) between 1 and 200),
  created_at timestamptz not null default now(),
  -- Lets other tables refer to a patient together with its clinic, so that the two cannot disagree.
  unique (clinic_id, id)
);

-- A clinic and a patient that do not exist outside the smoke test, in every environment alike.
insert into clinics (id, name)
values ('00000000-0000-4000-8000-00000000c11c', 'Smoke test');
insert into patients (id, clinic_id, name)
values ('00000000-0000-4000-8000-0000000000aa', '00000000-0000-4000-8000-00000000c11c', 'Smoke test');
