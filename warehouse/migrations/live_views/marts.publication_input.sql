create or replace view marts.publication_input as
select p.publication_id, i.dataset, i.vintage, i.batch_id, i.vintage_order, i.layout, i.coverage, i.is_generated
from audit.publication as p
inner join audit.refresh_input as i using (refresh_id);

comment on view marts.publication_input is 'One row per publication and batch: the vintages a publication was made from.';
grant select on marts.publication_input to bi_reader, auditor;
