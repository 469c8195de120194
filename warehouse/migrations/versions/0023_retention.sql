-- What was removed because its time was over. That it was there, what it was and who removed it stays.
create table audit.tombstone (
    tombstone_id bigint generated always as identity primary key,
    kind text not null check (kind in ('rows', 'file', 'working files')),
    batch_id text unique references audit.batch,
    dataset text references audit.dataset,
    sha256 text,
    what text not null,
    item_count bigint not null,
    checksum text,
    came_at timestamptz,
    name text not null check (name ~ '\w\S*\s+\S*\w'),
    reason text not null check (reason ~ '\w'),
    login text not null default session_user,
    removed_at timestamptz not null default clock_timestamp(),
    constraint rows_are_of_a_batch check ((kind = 'rows') = (batch_id is not null))
);
comment on table audit.tombstone is 'One row per batch, archived file or kind of working files that was removed at the end of its time: what it was, who removed it, why';
grant select on audit.tombstone to loader, transformer, publisher, auditor;

create or replace function audit.keep_recorded_batches() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    if exists (
        select from gone as g inner join audit.batch as b on b.batch_id = g._batch_id
        where not exists (select from audit.tombstone as t where t.batch_id = b.batch_id)
    ) then
        raise insufficient_privilege using message = 'raw is append-only: no row of a recorded batch is deleted';
    end if;
    return null;
end $$;

-- The rows of a batch that no figure stands on, and whatever quotes them.
create function audit.remove_rows(batch text, person text, because text) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    known record;
    gone bigint;
begin
    select b.dataset, b.sha256, b.status, f.name, f.arrived_at, c.checksum into known
    from audit.batch as b
    inner join audit.batch_file as f using (batch_id)
    left join audit.batch_checksum as c using (batch_id)
    where b.batch_id = batch;
    if known.status is null or known.status not in ('refused', 'withdrawn', 'superseded', 'empty') then
        raise insufficient_privilege using message = format('batch %s counts: only what counts no more is removed', batch);
    end if;
    if exists (
        select from audit.refresh_input as i inner join audit.publication as p using (refresh_id)
        where i.batch_id = batch and p.publication_id = (select max(publication_id) from audit.publication)
    ) then
        raise insufficient_privilege using message = format('the last publication stands on batch %s', batch);
    end if;
    insert into audit.tombstone (kind, batch_id, dataset, sha256, what, item_count, checksum, came_at, name, reason)
    values ('rows', batch, known.dataset, known.sha256, known.name, 0, known.checksum, known.arrived_at, btrim(person), btrim(because));
    execute format('delete from raw.%I where _batch_id = $1', known.dataset) using batch;
    get diagnostics gone = row_count;
    update audit.tombstone set item_count = gone where batch_id = batch;
    update audit.quarantine set record = null, reason = rule where batch_id = batch;
    update audit.check_result set sample = null where run_id = batch and sample is not null;
    return gone;
end $$;

create function audit.note_removal(kind text, dataset text, sha256 text, what text, items bigint, came timestamptz, person text, because text)
returns void
language sql security definer set search_path = pg_catalog, pg_temp
as $$
    insert into audit.tombstone (kind, dataset, sha256, what, item_count, came_at, name, reason)
    values (kind, dataset, sha256, what, items, came, btrim(person), btrim(because))
$$;
revoke all on function audit.remove_rows, audit.note_removal from public;
grant execute on function audit.remove_rows, audit.note_removal to steward;
