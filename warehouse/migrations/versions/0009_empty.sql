-- A file that may rightly be empty, and is: known, never read again, and no figure stands on it.
alter table audit.batch drop constraint batch_status_check;
alter table audit.batch add constraint batch_status_check
check (status in ('pending', 'accepted', 'refused', 'withdrawn', 'superseded', 'empty'));
