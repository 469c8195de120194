create table audit.column_lineage (
    code_version text not null,
    schema_name text not null,
    mart text not null,
    column_name text not null,
    source_relation text not null,
    source_column text not null,
    kind text not null check (kind in ('copied', 'computed', 'filtered', 'joined', 'grouped')),
    path text not null,
    primary key (code_version, schema_name, mart, column_name, source_relation, source_column, kind)
);
comment on table audit.column_lineage is 'One row per version of the code, published column, column that it comes from and what becomes of that';
grant select on audit.column_lineage to loader, transformer, publisher, auditor;
grant insert on audit.column_lineage to transformer;

-- What is other than in the publication before: known before the new one is made, so that it stands as soon as it does.
create table audit.refresh_cause (
    refresh_id text not null references audit.refresh,
    cause text not null check (cause in ('withdrawal', 'correction', 'acceptance', 'release', 'seed', 'code', 'day')),
    source_table text,
    detail text not null
);
comment on table audit.refresh_cause is 'One row per thing that a refresh does on other grounds than the last publication: a feed or seed, or, without source_table, all of it';
grant select on audit.refresh_cause to loader, transformer, publisher, auditor;
grant insert on audit.refresh_cause to transformer;

-- The values that one publication changed in a mart, read from mart and history with the rights of whoever asks.
create function marts.changes_of(publication integer, schema_name text, mart text, key_columns text [], compared text [])
returns table (row_key text, row_name text, column_name text, was text, "is" text)
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
declare
    history constant text := format('%I.%I', case schema_name when 'marts' then 'history' else schema_name || '_history' end, mart);
    live constant text := format('%I.%I', schema_name, mart);
    key constant text := (select string_agg(format('%L, v.%I', k, k), ', ') from unnest(key_columns) as k);
begin
    return query execute format($query$
        with gone as (
            select jsonb_build_object(%1$s)::text as row_key, to_jsonb(v) as it from %2$s as v where v._until_publication = $1
        ),
        come as (
            select jsonb_build_object(%1$s)::text as row_key, to_jsonb(v) as it from %2$s as v where v._from_publication = $1
            %3$s
        ),
        pairs as (
            select row_key, g.it as before, c.it as after from gone as g full join come as c using (row_key)
        )
        select
            p.row_key,
            (
                select string_agg(coalesce(p.after, p.before) ->> n, ', ' order by position)
                from unnest($2) with ordinality as names (n, position) where n like '%%\_name'
            ),
            v.name, v.was, v.now
        from pairs as p
        cross join lateral (
            select '*' as name, case when p.after is null then 'row' end as was, case when p.before is null then 'row' end as now
            where p.before is null or p.after is null
            union all
            select n, p.before ->> n, p.after ->> n from unnest($2) as n
            where p.before is not null and p.after is not null and p.before ->> n is distinct from p.after ->> n
        ) as v
    $query$, key, history, case when to_regclass(live) is not null then format(
        'union all select jsonb_build_object(%s)::text, to_jsonb(v) from %s as v where v._publication_id = $1', key, live
    ) end) using publication, compared;
end $$;
revoke all on function marts.changes_of from public;
grant execute on function marts.changes_of to bi_reader, auditor;
