-- Ward and LSOA counts, events and lookups, and the marts made of them. Each raw contract looks at the batch that all
-- of them look at here, which has eight rows.
insert into raw.mps_ward_crime
select
    ward, name, 'Barnet', 'BURGLARY', 'DOMESTIC BURGLARY', month, 5, 'b2', row_number() over (order by ward, month),
    to_char(month, 'YYYYMM')
from (values ('E05000001', 'East'), ('E05000002', 'West'), ('E05000003', 'North'), ('E05000004', 'South'))
    as wards (ward, name)
cross join (values (date '2012-01-01'), (date '2012-02-01')) as months (month);
insert into raw.mps_lsoa_crime
select
    lsoa, 'Barnet ' || lsoa, 'E09000003', 'BURGLARY', 'DOMESTIC BURGLARY', month, 1, 'b2',
    row_number() over (order by lsoa, month), to_char(month, 'YYYYMM')
from unnest(array['E01000001', 'E01000002', 'E01000003', 'E01000004']) as lsoa
cross join (values (date '2012-01-01'), (date '2012-02-01')) as months (month);
insert into raw.police_uk_street
select
    '2018-04-01', 'metropolitan', repeat(number::text, 64), '2018-04-01', 'Metropolitan Police Service',
    'Metropolitan Police Service', -0.1, 51.5, 'On or near High Street', 'E01000001', 'Barnet 001A', 'Burglary',
    'Under investigation', null, 'b2', number, null
from generate_series(1, 8) as number;
insert into raw.police_uk_outcomes
select
    '2018-04-01', 'metropolitan', repeat(number::text, 64), '2018-04-01', 'Metropolitan Police Service',
    'Metropolitan Police Service', -0.1, 51.5, 'On or near High Street', 'E01000001', 'Barnet 001A',
    'Suspect charged', 'b2', number, null
from generate_series(1, 8) as number;
insert into raw.police_uk_stop_and_search
select
    '2018-07-01', 'metropolitan', 'Person search', '2018-06-30T23:01:00Z'::timestamptz + number * interval '1 day',
    'False', null, 51.5, -0.1, 'Male', '18-24', 'White - Irish', 'White', 'Act', 'Drugs', 'Arrest', null, null, 'b2',
    number, null
from generate_series(0, 7) as number;
insert into raw.lookups
select
    'E0100000' || number, 'Barnet 00' || number, null, null, null, null, 'E09000003', 'Barnet', null, null, null, null,
    null, number, 'b2', number, null
from generate_series(1, 8) as number;

-- The files of the events marts, and those marts.
insert into audit.dataset (dataset, domain, title, publisher, licence, definition_hash)
select dataset, 'crime', 'Events', 'data.police.uk', 'OGL', 'd1'
from unnest(array['police_uk_street', 'police_uk_stop_and_search']) as dataset;
insert into audit.source_file (dataset, sha256, bytes, name, address, fetched_at, licence, is_generated)
select dataset, 's1', 1, 'events.csv', 'inbox/events.csv', '2024-01-01', 'OGL', true
from unnest(array['police_uk_street', 'police_uk_stop_and_search']) as dataset;
insert into audit.batch (
    batch_id, dataset, sha256, definition_hash, layout, vintage, is_generated, status, records_read, records_loaded
) values
    ('u1', 'police_uk_street', 's1', 'd1', 'street', '2012-01-metropolitan', true, 'accepted', 4, 4),
    ('u2', 'police_uk_stop_and_search', 's1', 'd1', 'stop_and_search', '2012-01-metropolitan', true, 'accepted', 13, 13);
insert into audit.refresh_input (
    refresh_id, batch_id, dataset, vintage, vintage_order, layout, coverage, is_generated
) values
    ('r1', 'u1', 'police_uk_street', '2012-01-metropolitan', 1, 'street', 'full', true),
    ('r1', 'u2', 'police_uk_stop_and_search', '2012-01-metropolitan', 1, 'stop_and_search', 'full', true);
insert into raw.police_uk_street (_batch_id, _row_number) select 'u1', number from generate_series(1, 4) as number;
insert into raw.police_uk_stop_and_search (_batch_id, _row_number)
select 'u2', number from generate_series(1, 13) as number;

insert into dim_force (force_code, force_name, force_kind, country, force_area_code, is_generated)
select
    case number when 1 then 'metropolitan' else 'force-' || number end, 'Force ' || number, 'territorial', 'England',
    'E' || number, false
from generate_series(1, 43) as number
union all
select 'unknown', 'Unknown', 'none', 'none', null, false;
insert into dim_lsoa values
    ('E01000001', 'Barnet 001A', 'E09000003', 'Barnet', 'metropolitan', 'lookups', '2025-05', true),
    ('unknown', 'Unknown', 'unknown', 'Unknown', 'unknown', 'none', 'none', false);
insert into dim_ward values ('E05000001', 'East', 'ward', 'E09000003', 'lookups', '2023-12', true);
insert into recorded_crime_ward
select
    'E05000001', 'old.burglary.other', month, 'East', 'E09000003', 'Burglary', 'Other Burglary', 5, 'old', 'old', 'none',
    'mps_ward_crime', '2012-02', true
from unnest(array[date '2012-01-01', date '2012-02-01']) as month;
insert into recorded_crime_restatement_ward values
    ('metropolitan', 'Burglary', 'old', '2012-01-01', '2012-01', 4, null, null, false, 'mps_ward_crime', true),
    ('metropolitan', 'Burglary', 'old', '2012-01-01', '2012-02', 5, '2012-01', 1, true, 'mps_ward_crime', true),
    ('metropolitan', 'Burglary', 'old', '2012-02-01', '2012-02', 5, null, null, true, 'mps_ward_crime', true);
insert into street_crime (
    force_code, lsoa_code, crime_type, month, crime_count, duplicate_rows, repeated_crime_rows, without_id_rows,
    outcome_count, coverage, source_dataset, source_vintage, is_generated, located_pct, note_code
) values
    ('metropolitan', 'E01000001', 'Drugs', '2012-01-01', 3, 1, 1, 0, 1, 'full', 'police_uk_street',
     '2012-01-metropolitan', true, 75.0, 'none'),
    ('metropolitan', 'unknown', 'Drugs', '2012-01-01', 1, 0, 0, 1, 0, 'full', 'police_uk_street',
     '2012-01-metropolitan', true, 75.0, 'none');
insert into stop_and_search values
    ('metropolitan', '2012-01-01', 'white', '18-24', 'Arrest', 7, false, 'none', 'police_uk_stop_and_search',
     '2012-01-metropolitan', true),
    ('metropolitan', '2012-01-01', 'withheld', 'withheld', 'withheld', 6, true, 'none', 'police_uk_stop_and_search',
     '2012-01-metropolitan', true);
