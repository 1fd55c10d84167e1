drop function token_owner(bytea);
drop table tokens;
