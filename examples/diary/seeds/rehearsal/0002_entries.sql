-- Rows that must survive each later migration going up, down and up again.
insert into entries (clinic_id, patient_id, mood, note)
select '00000000-0000-4000-8000-00000000c11c', '00000000-0000-4000-8000-0000000000aa', 1 + n % 5, 'note ' || n
from generate_series(1, 50) n;
