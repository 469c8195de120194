create or replace view marts.publication_input as
select
    p.publication_id, i.dataset, i.vintage, i.batch_id, i.vintage_order, i.layout, i.coverage, i.is_generated,
    i.released_on, i.order_assumed
from audit.publication as p
inner join audit.refresh_input as i using (refresh_id);

comment on view marts.publication_input is 'One row per publication and batch: the vintages a publication was made from.';
comment on column marts.publication_input.publication_id is 'Publication that was made from it';
comment on column marts.publication_input.dataset is 'Feed that the file belongs to';
comment on column marts.publication_input.vintage is 'The file''s vintage: the last period that it covers, .2 and .3 for corrections of it';
comment on column marts.publication_input.batch_id is 'Batch of raw that holds the file''s rows';
comment on column marts.publication_input.layout is 'Which of the headers that its publisher has used';
comment on column marts.publication_input.coverage is 'full, or partial where it covers a part of its subject and stays out of totals';
comment on column marts.publication_input.is_generated is 'Whether it is one of the made-up extracts that ship with the project';
comment on column marts.publication_input.vintage_order is 'The place of the vintage among those of its dataset: the last one counts where several say something';
comment on column marts.publication_input.released_on is 'When its publisher released the file; empty where nobody said';
comment on column marts.publication_input.order_assumed is 'Not every file of the dataset says when it was released: then the one that reaches furthest is taken for the latest, and of those the one that came last';
grant select on marts.publication_input to bi_reader, auditor;
