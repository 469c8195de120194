-- Two releases of recorded crime, the marts made of them, and the dimensions that every mart refers to.
insert into audit.dataset (dataset, domain, title, publisher, licence, definition_hash)
values ('mps_borough_crime', 'crime', 'Borough crime', 'Met', 'OGL', 'd1');
insert into audit.source_file (dataset, sha256, bytes, name, address, fetched_at, licence, is_generated)
select 'mps_borough_crime', sha256, 1, 'crime.csv', 'inbox/crime.csv', '2024-01-01', 'OGL', true
from unnest(array['s1', 's2']) as sha256;
insert into audit.batch (
    batch_id, dataset, sha256, definition_hash, layout, vintage, is_generated, status, records_read, records_loaded
) values
    ('b1', 'mps_borough_crime', 's1', 'd1', 'borough_major_minor', '2012-01', true, 'accepted', 4, 4),
    ('b2', 'mps_borough_crime', 's2', 'd1', 'borough_major_minor', '2012-02', true, 'accepted', 8, 8);
insert into audit.refresh (refresh_id, business_date, code_version, input_hash, status)
values ('r1', '2012-03-31', 'c1', 'i1', 'running');
insert into audit.refresh_input (
    refresh_id, batch_id, dataset, vintage, vintage_order, layout, coverage, is_generated
) values
    ('r1', 'b1', 'mps_borough_crime', '2012-01', 1, 'borough_major_minor', 'full', true),
    ('r1', 'b2', 'mps_borough_crime', '2012-02', 2, 'borough_major_minor', 'full', true);

insert into raw.mps_borough_crime
select area, 'Burglary', 'Burglary in Other Buildings', month, offence_count, batch, row_number() over (order by batch, area, month),
    to_char(month, 'YYYYMM')
from unnest(array['Barnet', 'Brent', 'Sutton', 'Westminster']) as area
cross join (values
    ('b1', date '2012-01-01', 900), ('b2', date '2012-01-01', 1000), ('b2', date '2012-02-01', 1000)
) as cells (batch, month, offence_count);

insert into dim_authority values
    ('mpa', 'Metropolitan Police Authority', 'metropolitan', '2000-07-03', '2012-01-15', 'mopac', 'printed', null, false),
    ('mopac', 'Mayor''s Office', 'metropolitan', '2012-01-16', null, null, 'printed', null, false),
    ('none', 'None', 'none', null, null, null, 'reference', null, false);
insert into dim_body values
    ('metropolitan', 'London', 'police', 'metropolitan', 'England', null, null, 'none', 'none', false),
    ('unknown', 'Unknown', 'unknown', 'unknown', 'unknown', null, null, 'none', 'none', false),
    ('none', 'None', 'none', 'none', 'none', null, null, 'none', 'none', false);
insert into dim_note values
    ('unknown', 'Unknown', 'Unknown', 'none', true, false), ('none', 'None', 'None', 'none', true, false);
insert into dim_borough values
    ('E09000003', 'Barnet', 'borough', 'metropolitan', null, false),
    ('heathrow', 'Heathrow', 'other', 'metropolitan', null, false);
insert into dim_document values
    ('met_forward_two', 'Met Forward Two', '2011', 'year', 'published', null, false),
    ('met_support_page', 'Met Support', null, 'undated', 'archived', null, false);
insert into dim_financial_year values
    ('2010/11', '2010-04-01', '2011-03-31', '2009/10', false),
    ('2011/12', '2011-04-01', '2012-03-31', '2010/11', false),
    ('unknown', null, null, 'unknown', false);
insert into dim_month
select
    month, to_char(month, 'YYYY-MM'), month + interval '1 month - 1 day', extract(year from month),
    extract(month from month), y.financial_year, extract(month from age(month, y.first_day)) + 1, false
from dim_financial_year as y
cross join lateral generate_series(y.first_day, y.last_day, interval '1 month') as month;
insert into dim_offence values
    ('old.burglary.other', 'Burglary', 'Other Burglary', 'old', 'Old groups', '2008-01-01', 'other burglary', null, false),
    ('old.theft.other', 'Theft', 'Other Theft', 'old', 'Old groups', '2008-01-01', 'other theft', null, false);
insert into dim_kpi values
    ('KPI1', 'Violence', 'Crime', 'Safety', 'Offences', 'decrease', 'relative', 'before', 'MF2_01', 'PLBP_1',
     'mps_borough_crime', true, 'Stands in', 'mpa', 'met_forward_two', 'Table 1', false),
    ('KPI3', 'Disorder', 'Crime', 'Safety', 'Offences', 'decrease', 'none', 'before', 'MF2_05', 'PLBP_3', null, false,
     null, 'mpa', 'met_forward_two', 'Table 1', false);

insert into recorded_crime_borough
select
    'metropolitan', area_code, offence_code, month, area_name, area_type, offence_group, offence_subgroup,
    case area_type when 'borough' then 3000 else 1000 end, classification, 'old', 'none', 'mps_borough_crime', '2012-02',
    true
from dim_borough cross join dim_offence cross join dim_month
where offence_group = 'Burglary' and month >= '2012-01-01' and month < '2012-03-01';
insert into recorded_crime_restatement values
    ('metropolitan', 'borough', 'Burglary', 'old', '2012-01-01', '2012-01', 2900, null, null, false, 'mps_borough_crime', true),
    ('metropolitan', 'borough', 'Burglary', 'old', '2012-01-01', '2012-02', 3000, '2012-01', 100, true, 'mps_borough_crime', true),
    ('metropolitan', 'borough', 'Burglary', 'old', '2012-02-01', '2012-02', 3000, null, null, true, 'mps_borough_crime', true),
    ('metropolitan', 'other', 'Burglary', 'old', '2012-01-01', '2012-01', 1000, null, null, false, 'mps_borough_crime', true),
    ('metropolitan', 'other', 'Burglary', 'old', '2012-01-01', '2012-02', 1000, '2012-01', 0, true, 'mps_borough_crime', true),
    ('metropolitan', 'other', 'Burglary', 'old', '2012-02-01', '2012-02', 1000, null, null, true, 'mps_borough_crime', true);
insert into kpi_performance (
    kpi_code, financial_year, source_dataset, source_vintage, kpi_name, outcome_name, target_value, target_unit,
    target_type, direction, baseline_value, actual_value, change_pct, status, is_headline, is_proxy, proxy_reason,
    classification, authority_code, source_document, citation, is_generated
) values
    ('KPI1', '2011/12', 'mps_borough_crime', '2012-01', 'Violence', 'Safety', -5, 'percent', 'percent_change', 'decrease', 300, 200,
     -33.33, 'met', true, true, 'Stands in', 'old', 'mpa', 'met_forward_two', 'Table 1', true),
    ('KPI1', '2011/12', 'mps_borough_crime', '2012-02', 'Violence', 'Safety', -5, 'percent', 'percent_change', 'decrease', 300, 285,
     -5.00, 'met', false, true, 'Stands in', 'old', 'mpa', 'met_forward_two', 'Table 1', true),
    ('KPI3', '2011/12', 'none', 'none', 'Disorder', 'Safety', null, null, 'none', 'set baseline', null, null, null,
     'no_data', true, false, null, null, 'mpa', 'met_forward_two', 'Table 1', false);

insert into kpi_performance (
    kpi_code, financial_year, source_dataset, source_vintage, kpi_name, outcome_name, target_type, direction,
    actual_value, unit, status, is_headline, is_proxy, proxy_reason, classification, authority_code, source_document,
    citation, is_generated
) values
    ('KPI1', '2010/11', 'mps_borough_crime', '2012-01', 'Violence', 'Safety', 'none', 'decrease', 300, 'offences',
     'no_target', true, true, 'Stands in', 'old', 'mpa', 'none', 'Nobody set one', true);
insert into kpi_performance_borough (
    kpi_code, borough_code, financial_year, source_dataset, source_vintage, borough_name, area_type, kpi_name,
    outcome_name, target_value, target_unit, target_type, direction, baseline_value, actual_value, unit, change_pct,
    status, is_headline, is_proxy, proxy_reason, classification, authority_code, source_document, citation, is_generated
) values
    ('KPI1', 'E09000003', '2010/11', 'mps_borough_crime', '2012-01', 'Barnet', 'borough', 'Violence', 'Safety', null,
     null, 'none', 'decrease', null, 300, 'offences', null, 'no_target', true, true, 'Stands in', 'old', 'mpa', 'none',
     'Nobody set one', true),
    ('KPI1', 'E09000003', '2011/12', 'mps_borough_crime', '2012-01', 'Barnet', 'borough', 'Violence', 'Safety', -5,
     'percent', 'percent_change', 'decrease', 300, 200, 'offences', -33.33, 'met', true, true, 'Stands in', 'old', 'mpa',
     'met_forward_two', 'Table 1', true);
