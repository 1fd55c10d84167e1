insert into tokens (sha256, clinic_id, actor, expires_at)
values (sha256('rehearsal'), '00000000-0000-4000-8000-00000000c11c', 'rehearsal', '2030-01-01');
