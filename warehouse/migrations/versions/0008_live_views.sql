create table audit.live_view (
    view_name text primary key,
    sha256 text not null,
    applied_at timestamptz not null default clock_timestamp()
);
comment on table audit.live_view is 'One row per live view: the hash of the file in migrations/live_views that it was last made from';
