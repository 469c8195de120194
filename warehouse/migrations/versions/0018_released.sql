-- The order of vintages says what it rests on, and a refresh names the commit that its code was checked out at.
alter table audit.refresh add column code_commit text;
comment on column audit.refresh.code_commit is 'The commit that was checked out when it began, with + where files that decide the figures had been changed since; empty where nobody knows';

alter table audit.refresh_input add column released_on date;
alter table audit.refresh_input add column order_assumed boolean;
comment on column audit.refresh_input.released_on is 'When its publisher released the file, by the folder that it lies in';
comment on column audit.refresh_input.order_assumed is 'Not every file of the dataset says when it was released: then the one that reaches furthest is taken for the latest, and of those the one that came last';
