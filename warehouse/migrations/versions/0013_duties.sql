-- The loader adds to raw. The tables are not its own, or it could rewrite and empty them.
do $$
declare
    part record;
begin
    execute format('alter schema raw owner to %I', current_user);
    for part in select c.oid::regclass as name from pg_class as c where c.relnamespace = 'raw'::regnamespace and c.relkind = 'r' loop
        execute format('alter table %s owner to %I', part.name, current_user);
    end loop;
end $$;
grant usage on schema raw to loader;
grant select, insert, delete on all tables in schema raw to loader;
alter default privileges in schema raw grant select on tables to transformer, auditor;
alter default privileges in schema raw grant select, insert, delete on tables to loader;

-- Repeats are taken out of a file before its batch is recorded. What is recorded stays.
create function audit.keep_recorded_batches() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    if exists (select from gone as g inner join audit.batch as b on b.batch_id = g._batch_id) then
        raise insufficient_privilege using message = 'raw is append-only: no row of a recorded batch is deleted';
    end if;
    return null;
end $$;
do $$
declare
    part record;
begin
    for part in
        select a.attrelid::regclass as name
        from pg_attribute as a
        inner join pg_class as c on c.oid = a.attrelid
        where c.relnamespace = 'raw'::regnamespace and c.relkind = 'r' and a.attname = '_batch_id'
    loop
        execute format(
            'create trigger keeps_recorded_batches after delete on %s referencing old table as gone '
            'for each statement execute function audit.keep_recorded_batches()', part.name
        );
    end loop;
end $$;
revoke update on audit.batch, audit.source_file from loader;

-- A refresh's inputs are fixed when it starts, and it is over when it has published.
revoke update on audit.refresh, audit.refresh_input from transformer;
revoke update (status, message, finished_at) on audit.refresh from auditor;
grant update (status, message, finished_at) on audit.refresh to transformer;

create function audit.keep_past_refreshes() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    raise insufficient_privilege using message = format('refresh %s is %s: it stays as it was', old.refresh_id, old.status);
end $$;
create trigger keeps_past_refreshes before update on audit.refresh
for each row when (old.status in ('published', 'unchanged')) execute function audit.keep_past_refreshes();

create function audit.keep_past_inputs() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    if exists (
        select from added as a inner join audit.refresh as r using (refresh_id)
        where r.status not in ('running', 'built', 'passed')
    ) then
        raise insufficient_privilege using message = 'a refresh that is over gets no other inputs';
    end if;
    return null;
end $$;
create trigger keeps_past_inputs after insert on audit.refresh_input referencing new table as added
for each statement execute function audit.keep_past_inputs();
