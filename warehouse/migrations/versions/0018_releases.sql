-- The order of vintages says what it rests on, and a refresh names the commit that its code was checked out at.
alter table audit.refresh add column code_commit text;
comment on column audit.refresh.code_commit is 'The commit that was checked out when it began, with + where files that decide the figures had been changed since; empty where nobody knows';

alter table audit.refresh_input add column released_on date;
alter table audit.refresh_input add column order_assumed boolean;
comment on column audit.refresh_input.released_on is 'When its publisher released the file, by the folder that it lies in';
comment on column audit.refresh_input.order_assumed is 'Not every file of the dataset says when it was released: then the one that reaches furthest is taken for the latest, and of those the one that came last';

-- Of a file that is accepted whatever it changes, a person may leave months out: those that are only partly there.
alter table audit.acceptance add column left_out date [] not null default '{}';
comment on column audit.acceptance.left_out is 'First days of the months of the file that are not taken in';

create function audit.accept_batch_except(batch text, person text, because text, months date []) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform audit.decide('accept', batch, person, because);
    -- The batch stays refused: what is left of the file becomes one of its own.
    insert into audit.acceptance (dataset, sha256, name, reason, left_out)
    select b.dataset, b.sha256, btrim(person), btrim(because), months
    from audit.batch as b
    where
        b.batch_id = batch
        and b.status = 'refused'
        and exists (
            select from audit.check_result as c
            where c.run_id = batch and c.tool = 'warehouse' and c.severity = 'fail' and c.outcome = 'failed'
        )
    on conflict (dataset, sha256) do update
    set name = excluded.name, reason = excluded.reason, left_out = excluded.left_out, accepted_at = clock_timestamp();
    if not found then
        raise insufficient_privilege using message = format('batch %s was not refused by a drift rule', batch);
    end if;
end $$;
revoke all on function audit.accept_batch_except from public;
grant execute on function audit.accept_batch_except to steward;
