-- Whoever reads may lift the limits of the own session; the night does not wait for that session.
create function audit.end_readers(longer_than interval, holding oid [] default null) returns text []
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
                where m.member = s.usesysid and g.rolname in ('bi_reader', 'finance_reader', 'estates_reader')
            )
            and (
                holding is null
                or exists (select from pg_locks as l where l.pid = s.pid and l.relation = any(holding) and l.granted)
            )
    )

    select coalesce(array_agg(name), '{}') from readers where pg_terminate_backend(pid, 5000)
$$;
comment on function audit.end_readers is
'Ends the sessions of readers whose transaction lasts longer (and holds that table); returns who they were';
revoke all on function audit.end_readers from public;
grant execute on function audit.end_readers to publisher;
