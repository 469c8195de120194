-- A batch is bytes, what its name and folder say, and its definition; and bytes may come back after others.
alter table audit.batch add column file_name text;
alter table audit.batch add column says text;
alter table audit.batch add column arrived_at timestamptz;
alter table audit.batch add column replaces text [] not null default '{}';
comment on column audit.batch.file_name is 'What the file was called where it lay; the first name of its bytes where this is empty';
comment on column audit.batch.says is 'What name and folder say of the file: its coverage, and the fields that its name gives';
comment on column audit.batch.arrived_at is 'When the file arrived to be this batch; the first arrival of its bytes where this is empty';
comment on column audit.batch.replaces is 'Batches of the same bytes under another name, which had gone when this one came: they end when it is accepted';

-- What lay under each name, a row as often as that changes. Nothing in it is ever changed.
create table audit.arrival (
    arrival_id bigint generated always as identity primary key,
    dataset text not null references audit.dataset,
    name text not null,
    state text not null check (state in ('read', 'unread', 'gone')),
    sha256 text,
    reason text,
    remedy text,
    seen_at timestamptz not null default clock_timestamp(),
    constraint read_has_bytes check ((state = 'read') = (sha256 is not null)),
    constraint unread_has_reason check ((state = 'unread') = (reason is not null))
);
create index on audit.arrival (dataset, name, arrival_id);
comment on table audit.arrival is 'One row per change of a file''s name in the sources: read, unread (it could not be) or gone';
grant select on audit.arrival to loader, transformer, publisher, auditor;
grant insert on audit.arrival to loader;

-- A refusal stands until a good file follows, or a person settles it. A withdrawn batch stays withdrawn: who says that it
-- was a mistake has its file read again, as a batch of its own.
alter table audit.decision drop constraint decision_kind_check;
alter table audit.decision add constraint decision_kind_check
check (kind in ('accept', 'withdraw', 'dismiss', 'take back'));

create function audit.dismiss_batch(batch text, person text, because text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform audit.decide('dismiss', batch, person, because);
    if not exists (select from audit.batch as b where b.batch_id = batch and b.status = 'refused') then
        raise insufficient_privilege using message = format('batch %s is not refused', batch);
    end if;
end $$;

create function audit.take_back_withdrawal(batch text, person text, because text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform audit.decide('take back', batch, person, because);
    if not exists (select from audit.batch as b where b.batch_id = batch and b.status = 'withdrawn') then
        raise insufficient_privilege using message = format('batch %s is not withdrawn', batch);
    end if;
    insert into audit.acceptance (dataset, sha256, name, reason)
    select b.dataset, b.sha256, btrim(person), btrim(because) from audit.batch as b where b.batch_id = batch
    on conflict do nothing;
end $$;
revoke all on function audit.dismiss_batch, audit.take_back_withdrawal from public;
grant execute on function audit.dismiss_batch, audit.take_back_withdrawal to steward;
