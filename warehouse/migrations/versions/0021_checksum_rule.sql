-- The rule of those that stand; whoever notes one says which rule it was made by.
alter table audit.batch_checksum add column rule text not null default 'text' check (rule in ('text', 'values'));
alter table audit.batch_checksum alter column rule drop default;
