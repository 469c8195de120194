grant usage on schema restricted, restricted_history to workforce_reader;
do $$ begin
    execute format('grant connect on database %I to workforce_reader', current_database());
end $$;

-- Whoever reads may lift the limits of the own session; the night does not wait for that session.
create or replace function audit.end_readers(longer_than interval, holding oid [] default null) returns text []
language sql security definer set search_path = pg_catalog, pg_temp
as $$
    -- Materialized: else a session could be ended before it was asked whose it is.
    with readers as materialized (
        select s.pid, s.usename::text as name
        from pg_stat_activity as s
        where
            s.datname = current_database()
            and s.usename <> current_user
            and s.xact_start < clock_timestamp() - longer_than
            and exists (
                select from pg_auth_members as m inner join pg_roles as g on g.oid = m.roleid
                where
                    m.member = s.usesysid
                    and g.rolname in ('bi_reader', 'finance_reader', 'estates_reader', 'workforce_reader')
            )
            and (
                holding is null
                or exists (select from pg_locks as l where l.pid = s.pid and l.relation = any(holding) and l.granted)
            )
    )

    select coalesce(array_agg(name), '{}') from readers where pg_terminate_backend(pid, 5000)
$$;
