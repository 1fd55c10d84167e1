drop trigger entries_are_audited on entries;
drop function record_entry_change();
drop table audit_log;
