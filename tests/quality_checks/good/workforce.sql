-- A batch of eight rows of each workforce feed, one more edition that the marts are made of, and the marts.
insert into raw.home_office_workforce
select
    'Police officers', area, kind, region, day::date, 'Full-time equivalents', figure, null, null, 'b2',
    row_number() over (order by day, area, kind), 'Table_1!B1'
from (values
    ('North East', 'group', 'North East', '2018-09-30', 10), ('Cleveland', 'row', 'North East', '2018-09-30', 10),
    ('Total 43 forces', 'total', null, '2018-09-30', 10), ('Total', 'total', null, '2018-09-30', 10),
    ('England and Wales', 'total', null, '2018-09-30', 10), ('England and Wales', 'total', null, '2017-09-30', 9),
    ('England and Wales', 'total', null, '2016-09-30', 9), ('England and Wales', 'total', null, '2015-09-30', 9)
) as cells (area, kind, region, day, figure);
insert into raw.home_office_workforce_open_data
select
    make_date(2010 + number::integer, 3, 1), 'E23000013', 'Cleveland', 'North East', 'Female', 'Constable',
    'police officer', 10, 9.5, 'b2', number, null
from generate_series(1, 8) as number;
insert into raw.ons_police_area_tables (
    counted_as, area_name, row_kind, region_name, measure, period, figure, _batch_id, _row_number, _source_column
)
select counted_as, area, kind, region, measure, period::date, figure, 'b2', row_number() over (), 'Table P1!C5'
from (values
    ('offences', 'North East', 'group', 'North East', 'Robbery', '2018-06-01', 10),
    ('offences', 'Cleveland', 'row', 'North East', 'Robbery', '2018-06-01', 10),
    ('offences', 'British Transport Police', 'row', null, 'Robbery', '2018-06-01', 5),
    ('offences', 'ENGLAND AND WALES', 'total', null, 'Robbery', '2018-06-01', 15),
    ('rate', 'Cleveland', 'row', 'North East', 'Robbery', '2018-06-01', 0.02),
    ('rate', 'Cleveland', 'row', 'North East', 'Population of mid-2017', '2018-06-01', 500000),
    ('people', 'Cleveland', 'row', 'North East', 'Population', '2012-01-01', 490000),
    ('people', 'Cleveland', 'row', 'North East', 'Population', '2013-01-01', 495000)
) as cells (counted_as, area, kind, region, measure, period, figure);
insert into raw.home_office_outcomes_open_data (
    financial_year, quarter, force_name, offence_name, offence_group, offence_code, outcome_type, offence_count,
    outcome_count, _batch_id, _row_number
)
select '2014/15', 1, 'Cleveland', 'Robbery', 'Robbery', '34B', number::text, 10, '10', 'b2', number
from generate_series(1, 8) as number;
insert into raw.ons_csp_tables (
    force_area_code, force_name, partnership_code, partnership_name, total, violence, sexual_offences, robbery, theft,
    criminal_damage_and_arson, drug_offences, possession_of_weapons, public_order, miscellaneous, _batch_id, _row_number
)
select
    'E23000013', 'Cleveland', code, name, 10 * times, 2 * times, times, times, times, times, times, times, times, times, 'b2',
    row_number() over ()
from (values
    (null, null, 7), ('E22000061', 'Middlesbrough', 1), ('E22000062', 'Redcar', 1), ('E22000063', 'Stockton', 1),
    ('E22000064', 'Hartlepool', 1), ('E22000065', 'North', 1), ('E22000066', 'South', 1), (null, 'Unassigned Cleveland', 1)
) as places (code, name, times);

insert into raw.home_office_arrests_open_data (
    financial_year, force_name, offence_group, ethnic_group, age_group, sex, arrest_count, _batch_id, _row_number
)
select '2014/15', 'Cleveland', 'Robbery', 'White', age, sex, '3', 'b2', row_number() over ()
from unnest(array['Under 10 years', '10 - 17 years', '18 - 20 years', '21 years and over']) as age
cross join unnest(array['Female', 'Male']) as sex;
insert into raw.home_office_stop_search_open_data (
    year_end, force_name, legislation, search_reason, ethnic_group, ethnicity, search_count, _batch_id, _row_number
)
select make_date(2010 + number::integer, 3, 31), 'Cleveland', 'Section 1 (PACE)', 'Drugs', 'White', 'Other White', 'NA',
    'b2', number
from generate_series(1, 8) as number;
insert into raw.home_office_breath_tests (
    year, force_name, month_name, result, test_count, result_count, _batch_id, _row_number
)
select make_date(year, 1, 1), 'Cleveland', month, result, '10', case result when 'positive' then '12' else '-2' end, 'b2',
    row_number() over ()
from generate_series(2010, 2011) as year
cross join unnest(array['January', 'May']) as month
cross join unnest(array['positive', 'negative']) as result;
insert into raw.mps_strength
select make_date(2014, number::integer, 1), 30000, 12000, 2000, 'b2', number, null
from generate_series(1, 8) as number;
insert into raw.intake_workforce_flow
select 'pcso', (2002 + number) || '/' || to_char(3 + number, 'FM00'), 'joiners', 5, 4.5, 'b2', number, null
from generate_series(1, 8) as number;

insert into audit.dataset (dataset, domain, title, publisher, licence, definition_hash)
values ('home_office_workforce', 'workforce', 'Police workforce', 'Home Office', 'OGL', 'd1');
insert into audit.source_file (dataset, sha256, bytes, name, address, fetched_at, licence, is_generated)
values ('home_office_workforce', 's1', 1, 'a file', 'inbox/a', '2024-01-01', 'OGL', true);
insert into audit.batch (
    batch_id, dataset, sha256, definition_hash, vintage, is_generated, status, records_read, records_loaded
) values ('w1', 'home_office_workforce', 's1', 'd1', '2018-09', true, 'accepted', 8, 8);
insert into audit.refresh_input (
    refresh_id, batch_id, dataset, vintage, vintage_order, coverage, is_generated, period_start, period_end
) values ('r1', 'w1', 'home_office_workforce', '2018-09', 1, 'full', true, '2015-09-30', '2018-09-30');
insert into raw.home_office_workforce
select
    worker_type, area_name, row_kind, region_name, as_at_date, unit, figure, mark, footnotes, 'w1', _row_number,
    _source_column
from raw.home_office_workforce;

insert into workforce_strength (
    force_code, worker_type, as_at_date, source_dataset, force_name, worker_type_name, fte, headcount, missing_reason,
    is_suppressed, per_officer, is_restated, previous_vintage, previous_fte, source_vintage, is_generated
) values
    ('cleveland', 'police_officer', '2018-09-30', 'home_office_workforce', 'Cleveland', 'Police officers', 10, null, null,
     false, 1, true, '2018-03', 9, '2018-09', true),
    ('btp', 'police_officer', '2018-09-30', 'home_office_workforce', 'BTP', 'Police officers', 5, null, null,
     false, 1, false, null, null, '2018-09', true),
    ('cleveland', 'pcso', '2018-09-30', 'home_office_workforce', 'Cleveland', 'Police community support officers', null,
     null, 'not available', false, null, false, null, null, '2018-09', true),
    ('cleveland', 'police_officer', '2018-03-31', 'open_data', 'Cleveland', 'Police officers', 9.5, 10, null,
     false, 1, false, null, null, '2018-03', true);

insert into workforce_profile (
    force_code, as_at_date, worker_type, rank_code, breakdown, category, source_dataset, force_name, worker_type_name,
    rank_name, headcount, fte, is_suppressed, source_vintage, is_generated
)
select
    'cleveland', '2018-03-31', 'police_officer', 'constable', breakdown, category, 'open_data', 'Cleveland',
    'Police officers', 'Constable', headcount, fte, false, '2018-03', true
from (values ('all', 'all', 10, 9.5), ('sex', 'female', 4, 3.5), ('sex', 'male', 6, 6)) as cells (
    breakdown, category, headcount, fte
);

insert into workforce_flow (
    force_code, worker_type, financial_year, direction, force_name, worker_type_name, headcount, fte, net_headcount,
    net_fte, source_dataset, source_vintage, is_generated
) values
    ('metropolitan', 'pcso', '2013/14', 'joiners', 'Met', 'PCSOs', 5, 4, 5, 4, 'intake_workforce_flow', '2013-14', true),
    ('metropolitan', 'pcso', '2013/14', 'leavers', 'Met', 'PCSOs', 9, 8, -9, -8, 'intake_workforce_flow', '2013-14', true);

insert into workforce_plan (
    authority_code, worker_type, financial_year, plan_version, plan_table, actual_source, plan_row_label, line_order,
    is_total, planned_count, plan_measure, actual_fte, variance, variance_pct, no_actual_reason, as_at_date, force_code,
    source_document, citation, source_vintage, is_generated
)
select
    'mpa', 'group_' || number, '2013/14', 'budget', 'plan', case number when 1 then 'strength' else 'none' end,
    'Group ' || number, number, false, 100, 'numbers', case number when 1 then 90 end, case number when 1 then -10 end,
    case number when 1 then -10 end, case when number <> 1 then 'Nobody counts them' end, '2014-03-31', 'metropolitan',
    'policing_plan_2011_14', 'Plan > table > row', case number when 1 then '2014-03' end, false
from generate_series(1, 99) as number;

insert into candidate_restricted.workforce_detail (
    force_code, as_at_date, unit_code, worker_type, rank_code, sex, ethnicity, force_name, headcount, fte, source_dataset,
    source_vintage, is_generated
) values
    ('metropolitan', '2012-03-31', 'barnet', 'pcso', 'none', 'female', 'asian', 'Met', 3, 2.6, 'intake_hr_extract',
     '2012-03', true);

insert into force_benchmark (
    force_code, measure_code, year, source_dataset, source_vintage, force_name, measure_name, unit, better, period_end,
    value, national_value, national_basis, median_value, rank_among_reporting, reporting_forces, signal, missing_reason,
    note_code, is_generated
) values
    ('kent', 'crime_rate', 'year to 2019-09', 'ons_police_area_tables', '2019-09', 'Kent', 'Crime', 'for 1000 people',
     'lower', '2019-09-30', 100, 90, 'published', 90, 1, 2, 'not_judged', null, 'none', true),
    ('surrey', 'crime_rate', 'year to 2019-09', 'ons_police_area_tables', '2019-09', 'Surrey', 'Crime',
     'for 1000 people', 'lower', '2019-09-30', 80, 90, 'published', 90, 2, 2, 'not_judged', null, 'none', true),
    ('greater-manchester', 'crime_rate', 'year to 2019-09', 'ons_police_area_tables', '2019-09', 'Greater Manchester',
     'Crime', 'for 1000 people', 'lower', '2019-09-30', null, 90, 'published', 90, null, 2, 'not_judged', 'not reported',
     'none', true);
