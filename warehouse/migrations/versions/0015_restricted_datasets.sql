-- A dataset about persons, or about places that are withheld: what readers are told of it never quotes its files.
alter table audit.dataset add column is_restricted boolean not null default false;

-- The checksum of a mart of which something was closed since would confirm every guess of it.
alter table audit.publication_mart add column is_closed boolean not null default false;
grant update (is_closed) on audit.publication_mart to publisher;
