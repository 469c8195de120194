-- Ward and LSOA counts, events and lookups, and the marts made of them. Each raw contract looks at the batch that all
-- of them look at here, which has eight rows.
insert into raw.mps_ward_crime
select
    ward, name, 'Barnet', 'BURGLARY', 'OTHER BURGLARY', month, 5, 'b2', row_number() over (order by ward, month),
    to_char(month, 'YYYYMM')
from (values ('E05000001', 'East'), ('E05000002', 'West'), ('E05000003', 'North'), ('E05000004', 'South'))
    as wards (ward, name)
cross join (values (date '2012-01-01'), (date '2012-02-01')) as months (month);
insert into raw.mps_lsoa_crime
select
    lsoa, 'Barnet ' || lsoa, 'E09000003', 'BURGLARY', 'OTHER BURGLARY', month, 1, 'b2',
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
