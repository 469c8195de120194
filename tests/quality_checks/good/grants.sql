-- Two years' workbooks and grant reports, the marts made of them, and one more of each that is only loaded.
insert into audit.dataset (dataset, domain, title, publisher, licence, definition_hash)
values
    ('council_tax_requirement', 'grants', 'Council tax requirement', 'Ministry', 'OGL', 'd1'),
    ('police_grant', 'grants', 'Police grant', 'Home Office', 'OGL', 'd1');
insert into audit.source_file (dataset, sha256, bytes, name, address, fetched_at, licence, is_generated)
select dataset, sha256, 1, 'a file', 'inbox/a', '2024-01-01', 'OGL', true
from unnest(array['council_tax_requirement', 'police_grant']) as dataset
cross join unnest(array['s1', 's2']) as sha256;
insert into audit.batch (
    batch_id, dataset, sha256, definition_hash, vintage, is_generated, status, records_read, records_loaded
) values
    ('g1', 'council_tax_requirement', 's1', 'd1', '2010-11', true, 'accepted', 8, 8),
    ('g2', 'council_tax_requirement', 's2', 'd1', '2011-12', true, 'accepted', 8, 8),
    ('p1', 'police_grant', 's1', 'd1', '2010-11', true, 'accepted', 8, 8),
    ('p2', 'police_grant', 's2', 'd1', '2011-12', true, 'accepted', 8, 8);
insert into audit.refresh_input (
    refresh_id, batch_id, dataset, vintage, vintage_order, coverage, is_generated, period_start, period_end
) values
    ('r1', 'g1', 'council_tax_requirement', '2010-11', 1, 'full', true, '2010-04-01', '2011-03-31'),
    ('r1', 'g2', 'council_tax_requirement', '2011-12', 2, 'full', true, '2011-04-01', '2012-03-31'),
    ('r1', 'p1', 'police_grant', '2010-11', 1, 'full', true, '2010-04-01', '2011-03-31'),
    ('r1', 'p2', 'police_grant', '2011-12', 2, 'full', true, '2011-04-01', '2012-03-31');

-- The raw contract looks at the batch that all of them look at here, which has eight rows.
insert into raw.council_tax_requirement
select
    code, name, class, null, base * band_d, base * 10, base, base, case class when 'GLA' then 30 else band_d end, 10,
    batch, row_number() over (partition by batch order by name), 'Data'
from (values ('b2', 20), ('g1', 20), ('g2', 21)) as batches (batch, band_d)
cross join (values
    ('E7036', 'Surrey Police and Crime Commissioner and Chief Constable', 'PCC', 100), ('E7015', 'Essex Police', 'PCC', 200), ('E7052', 'Kent Police and Crime Commissioner and Chief Constable', 'PCC', 300),
    ('E3831', 'Adur', 'SD', 50), ('E0931', 'Allerdale', 'SD', 60), ('E5100', 'Greater London Authority', 'GLA', 900),
    (null, 'Whole of GLA''s area', null, 500), (null, 'London Boroughs less CoL', null, 400)
) as authorities (code, name, class, base);

insert into police_precept (
    body_code, financial_year, body_name, published_name, council_tax_requirement_gbp, tax_base, band_d_gbp,
    band_d_change_pct, band_d_change_stated_pct, rank_band_d, authority_code, source_dataset, source_vintage, citation,
    is_generated
)
select
    body_code, financial_year, body_code, body_code, base * band_d, base, band_d, change_pct, 100, 1,
    case body_code when 'metropolitan' then 'mpa' else 'none' end, 'council_tax_requirement', vintage, 'Data > row 1', true
from (values ('surrey', 100), ('essex', 200), ('kent', 300), ('metropolitan', 400)) as bodies (body_code, base)
cross join (values
    ('2010/11', '2010-11', 20, null::numeric), ('2011/12', '2011-12', 21, 5.00)
) as years (financial_year, vintage, band_d, change_pct);

insert into raw.police_grant
select forces[force], 100 * force, batch, force, null
from unnest(array['b2', 'p1', 'p2']) as batch
cross join generate_series(1, 8) as force
cross join (select string_to_array('Bedfordshire Cambridgeshire Cheshire Cleveland Cumbria Derbyshire Dorset Essex', ' '))
    as names (forces);

-- Seven forces and their total.
insert into raw.police_funding
select
    case force when 8 then 'Total England and Wales' else forces[force] end,
    case force when 8 then 280 else 10 * force end, case force when 8 then 28 else force end,
    case force when 8 then 308 else 11 * force end, 'b2', force, 'Funding'
from generate_series(1, 8) as force
cross join (select string_to_array('Bedfordshire Cambridgeshire Cheshire Cleveland Cumbria Derbyshire Dorset', ' '))
    as names (forces);

-- The papers' rows are there already.
update grant_settlement set source_dataset = 'none', source_vintage = 'none';
insert into grant_settlement (
    body_code, financial_year, stream_code, version, document, stream_name, amount_gbp, change_pct, change_basis,
    change_terms, year_basis, authority_code, source_document, citation, basis, source_dataset, source_vintage,
    is_generated
)
select
    'force_' || force, financial_year, 'police_grant_total', 'report', 'none', 'Total', 100 * force, change_pct,
    case when change_pct is not null then 'derived' end, case when change_pct is not null then 'cash' end, 'printed',
    'none', 'none', 'row 1', 'printed', 'police_grant', vintage, true
from generate_series(1, 8) as force
cross join (values ('2010/11', '2010-11', null::numeric), ('2011/12', '2011-12', 0)) as years (
    financial_year, vintage, change_pct
);
