-- Run by the rehearsal's administrator before the first migration: in the environments the platform makes this role.
do $$
begin
  if not exists (select from pg_roles where rolname = 'diary_app') then
    create role diary_app;
  end if;
end
$$;
