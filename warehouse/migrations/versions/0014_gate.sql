-- The gate judges. It reads what auditors read (it is within that role), and writes verdicts, which they no longer may.
revoke insert, update on audit.acceptance, audit.check_result, audit.batch from auditor;
revoke update (status, reason, remedy, vintage, decided_at, withdrawn_at, judged_by) on audit.batch from auditor;
grant insert on audit.check_result to gate;
grant update (status, reason, remedy, vintage, decided_at, judged_by) on audit.batch to gate;
do $$ begin
    execute format('grant connect, temporary on database %I to gate', current_database());
    execute format('grant connect on database %I to steward', current_database());
    execute format('revoke temporary on database %I from auditor', current_database());
end $$;

-- What persons decide: who they say they are, and who had signed in.
create table audit.decision (
    decision_id bigint generated always as identity primary key,
    kind text not null check (kind in ('accept', 'withdraw')),
    batch_id text not null references audit.batch,
    name text not null,
    reason text not null,
    login text not null,
    decided_at timestamptz not null default clock_timestamp()
);
comment on table audit.decision is 'One row per decision of a person about a batch: who, why, and the login that it was made with';
grant select on audit.decision to loader, transformer, publisher, auditor;

create function audit.decide(what text, batch text, person text, because text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    if coalesce(person, '') !~ '\w\S*\s+\S*\w' or coalesce(because, '') !~ '\w' then
        raise insufficient_privilege using message = 'a decision needs a person, first and last name, and a reason';
    end if;
    insert into audit.decision (kind, batch_id, name, reason, login)
    values (what, batch, btrim(person), btrim(because), session_user);
end $$;

create function audit.accept_batch(batch text, person text, because text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform audit.decide('accept', batch, person, because);
    update audit.batch as b set status = 'pending', reason = null, remedy = null, decided_at = null
    where
        b.batch_id = batch
        and b.status = 'refused'
        and exists (
            select from audit.check_result as c
            where c.run_id = batch and c.tool = 'warehouse' and c.severity = 'fail' and c.outcome = 'failed'
        );
    if not found then
        raise insufficient_privilege using message = format('batch %s was not refused by a drift rule', batch);
    end if;
    insert into audit.acceptance (dataset, sha256, name, reason)
    select b.dataset, b.sha256, btrim(person), btrim(because) from audit.batch as b where b.batch_id = batch
    on conflict do nothing;
end $$;

create function audit.withdraw_batch(batch text, person text, because text, what_to_do text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform audit.decide('withdraw', batch, person, because);
    update audit.batch as b
    set status = 'withdrawn', reason = btrim(because), remedy = what_to_do, withdrawn_at = clock_timestamp()
    where b.batch_id = batch and b.status = 'accepted';
    if not found then
        raise insufficient_privilege using message = format('batch %s is not accepted', batch);
    end if;
end $$;

-- What a person has decided, the gate does not undo; nor does it withdraw by itself.
create function audit.keep_decisions() returns trigger language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
    if current_user = 'gate' and (old.status in ('withdrawn', 'superseded') or new.status = 'withdrawn') then
        raise insufficient_privilege using message = format('batch %s is %s: the gate cannot make it %s', old.batch_id, old.status, new.status);
    end if;
    return new;
end $$;
create trigger keeps_decisions before update on audit.batch for each row execute function audit.keep_decisions();

-- History is added to. Its tables are not the publisher's own, or it could rewrite them.
do $$
declare
    part record;
begin
    for part in select unnest(array['history', 'restricted_history']) as name loop
        execute format('alter schema %I owner to %I', part.name, current_user);
        execute format('revoke all on schema %I from publisher', part.name);
        execute format('grant usage on schema %I to publisher', part.name);
    end loop;
    for part in
        select c.oid::regclass as name from pg_class as c
        where c.relnamespace in ('history'::regnamespace, 'restricted_history'::regnamespace) and c.relkind = 'r'
    loop
        execute format('alter table %s owner to %I', part.name, current_user);
        execute format('revoke all on %s from publisher', part.name);
        execute format('grant select, insert on %s to publisher', part.name);
    end loop;
end $$;

create function audit.keep_the_past() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    if exists (
        select from added where _until_publication <= (select coalesce(max(publication_id), 0) from audit.publication)
    ) then
        raise insufficient_privilege using message = 'history gets no rows that were replaced in a past publication';
    end if;
    return null;
end $$;
do $$
declare
    part record;
begin
    for part in
        select c.oid::regclass as name from pg_class as c
        where c.relnamespace in ('history'::regnamespace, 'restricted_history'::regnamespace) and c.relkind = 'r'
    loop
        execute format(
            'create trigger keeps_the_past after insert on %s referencing new table as added '
            'for each statement execute function audit.keep_the_past()', part.name
        );
    end loop;
end $$;

create function audit.history_of(mart text) returns text
language plpgsql immutable set search_path = pg_catalog, pg_temp
as $$
begin
    if mart like 'restricted.%' then
        return format('restricted_history.%I', substr(mart, 12));
    end if;
    return format('history.%I', mart);
end $$;

-- Who reads restricted detail is kept, a row a query: a policy that everybody but the tables' owner and the publisher
-- comes through. Where it cannot be kept, nothing is read. What is rolled back leaves its line in the server's log.
create table audit.reading (
    reading_id bigint generated always as identity primary key,
    relation text not null,
    login text not null,
    statement text not null,
    read_at timestamptz not null default clock_timestamp()
);
comment on table audit.reading is 'One row per reading of restricted detail: who, when, with which statement';
grant select on audit.reading to auditor;

create function audit.note_reading(relation text) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
begin
    raise log 'restricted detail: % reads %', session_user, relation;
    if current_setting('transaction_read_only') = 'on' then
        raise insufficient_privilege using
            message = format('whoever reads %s is recorded, which a read-only transaction cannot', relation),
            hint = 'set default_transaction_read_only = off';
    end if;
    insert into audit.reading (relation, login, statement) values (relation, session_user, left(current_query(), 1000));
    return true;
end $$;

create function audit.keep_readings(history text) returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
    execute format('alter table %s enable row level security', history);
    execute format('create policy readings_are_kept on %s for select using ((select audit.note_reading(%L)))', history, history);
    execute format('create policy publisher_adds on %s to publisher using (true) with check (true)', history);
end $$;
do $$
declare
    part record;
begin
    for part in
        select c.oid::regclass::text as name from pg_class as c
        where c.relnamespace in ('restricted'::regnamespace, 'restricted_history'::regnamespace) and c.relkind = 'r'
    loop
        perform audit.keep_readings(part.name);
    end loop;
end $$;

-- The history of a mart, with at least these columns. A new one is null in the rows before, or what they meant (`meant`),
-- or what another column says (`formerly`).
create function audit.make_history(mart text, columns text [], types text [], meant text [], formerly text [])
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    history constant text := audit.history_of(mart);
begin
    if to_regclass(history) is null then
        execute format('create table %s (_from_publication integer not null, _until_publication integer not null, _change text not null)', history);
        execute format(
            'create trigger keeps_the_past after insert on %s referencing new table as added '
            'for each statement execute function audit.keep_the_past()', history
        );
        execute format('grant select, insert on %s to publisher', history);
        if mart like 'restricted.%' then
            perform audit.keep_readings(history);
        end if;
    end if;
    for at in 1 .. cardinality(columns) loop
        continue when exists (
            select from pg_attribute as a
            where a.attrelid = history::regclass and a.attname = columns[at] and not a.attisdropped
        );
        -- A type is a type and nothing behind it: the cast refuses all else.
        perform types[at]::regtype;
        execute format('alter table %s add column %I %s default %L', history, columns[at], types[at], meant[at]);
        execute format('alter table %s alter column %I drop default', history, columns[at]);
        if formerly[at] is not null then
            execute format('update %s set %I = %I', history, columns[at], formerly[at]);
        end if;
    end loop;
end $$;

-- Who reads a history: these, and nobody else but the publisher.
create function audit.open_history(mart text, readers text []) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    history constant text := audit.history_of(mart);
    who text;
begin
    for who in
        select distinct pg_get_userbyid(a.grantee) from pg_class as c, aclexplode(c.relacl) as a
        where c.oid = history::regclass and a.grantee <> c.relowner and pg_get_userbyid(a.grantee) <> 'publisher'
    loop
        if who <> all (readers) then
            execute format('revoke all on %s from %I', history, who);
        end if;
    end loop;
    foreach who in array readers loop
        execute format('grant select on %s to %I', history, who);
    end loop;
end $$;

-- A tombstone: what may no longer be shown is taken out of the rows that stood in these publications. The row stays.
create function audit.close_history(mart text, emptied text [], flag text, which jsonb, stood_in integer []) returns bigint
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
    insert into audit.history_closing (mart, which, closed_rows, login) values (mart, which, closed, session_user);
    return closed;
end $$;

create table audit.history_closing (
    closing_id bigint generated always as identity primary key,
    mart text not null,
    which jsonb not null,
    closed_rows bigint not null,
    login text not null,
    closed_at timestamptz not null default clock_timestamp()
);
comment on table audit.history_closing is 'One row per tombstone: which rows of a mart''s history lost what may no longer be shown';
grant select on audit.history_closing to auditor, publisher;

revoke all on function audit.decide, audit.accept_batch, audit.withdraw_batch, audit.keep_decisions, audit.keep_the_past,
audit.keep_readings, audit.note_reading, audit.make_history, audit.open_history, audit.close_history from public;
grant execute on function audit.note_reading to finance_reader, estates_reader, auditor;
grant execute on function audit.accept_batch, audit.withdraw_batch to steward;
grant execute on function audit.make_history, audit.open_history, audit.close_history to publisher;

-- Whom the night may end: everybody who reads.
create or replace function audit.end_readers(longer_than interval, holding oid [] default null) returns text []
language sql security definer set search_path = pg_catalog, pg_temp
as $$
    -- Materialized: else a session could be ended before it was asked whose it is.
    with readers as materialized (
        select s.pid, s.usename::text as name
        from pg_stat_activity as s
        where
            s.datname = current_database()
            and s.usename not in (current_user, 'gate')
            and s.xact_start < clock_timestamp() - longer_than
            and exists (
                select from pg_auth_members as m inner join pg_roles as g on g.oid = m.roleid
                where
                    m.member = s.usesysid
                    and g.rolname in ('bi_reader', 'finance_reader', 'estates_reader', 'auditor', 'steward')
            )
            and (
                holding is null
                or exists (select from pg_locks as l where l.pid = s.pid and l.relation = any(holding) and l.granted)
            )
    )

    select coalesce(array_agg(name), '{}') from readers where pg_terminate_backend(pid, 5000)
$$;

-- Locks are rows that no reader reaches (`core/locks.py`); the table may be there since the bootstrap that brings this.
create table if not exists audit.lock (name text, subject text not null default '', primary key (name, subject));
comment on table audit.lock is 'One row per lock of the warehouse; who holds it has locked the row';
insert into audit.lock (name) values ('publish'), ('raw tables') on conflict do nothing;
revoke all on audit.lock from loader, transformer, gate, publisher, auditor;
grant select, insert, update on audit.lock to loader, transformer, gate, publisher;
