-- A dataset about persons, or about places that are withheld: what readers are told of it never quotes its files.
alter table audit.dataset add column is_restricted boolean not null default false;

-- The checksum of a mart of which something was closed since would confirm every guess of it.
alter table audit.publication_mart add column is_closed boolean not null default false;

create or replace function audit.close_history(mart text, emptied text [], flag text, which jsonb, stood_in integer []) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    closed bigint;
begin
    execute (
        select format(
            'update %s as h set %s, _change = ''closed'' where exists (select from unnest($1) as p (number) '
            'where h._from_publication <= p.number and h._until_publication > p.number) and %s',
            audit.history_of(mart),
            concat_ws(', ', (select string_agg(format('%I = null', e), ', ') from unnest(emptied) as e), case when flag is not null then format('%I = true', flag) end),
            coalesce((select string_agg(format('h.%I::text = %L', w.key, w.value), ' and ') from jsonb_each_text(which) as w), 'true')
        )
    ) using stood_in;
    get diagnostics closed = row_count;
    update audit.publication_mart as p set is_closed = true
    where
        closed > 0
        and p.publication_id = any(stood_in)
        and close_history.mart = case p.schema_name when 'restricted' then 'restricted.' || p.mart else p.mart end;
    insert into audit.history_closing (mart, which, closed_rows, login) values (mart, which, closed, session_user);
    return closed;
end $$;
