-- A file of the survey, of populations and of the monthly crime table. The raw contracts look at the batch that all of
-- them look at here, which has eight rows.
insert into raw.public_attitude_survey
select
    quarter_end, 'PAS', area_name, '"Good Job" local', share, 0.65, 'share', 'b2', row_number() over (), null
from unnest(array[date '2011-12-31', date '2012-03-31']) as quarter_end
cross join (values ('Barnet', 0.7), ('Brent', 0.6), ('Sutton', 0.8), ('City of Westminster', 1)) as areas (area_name, share);

insert into raw.population
select area_code, 'A district', make_date(year, 1, 1), 300000 + year, 'ONS MYE', 'b2', row_number() over (), null
from unnest(array['E09000001', 'E09000003', 'E09000005', 'E09000029']) as area_code
cross join unnest(array[2010, 2011]) as year;

insert into raw.mps_monthly_crime
select
    month, 'Borough', area_name, area_name, null, 'BURGLARY', 'OTHER BURGLARY', measure, 10, '2012-04-05', 'b2',
    row_number() over (), null
from unnest(array['Barnet', 'Brent']) as area_name
cross join unnest(array[date '2012-01-01', date '2012-02-01']) as month
cross join unnest(array['Offences', 'Positive Outcomes']) as measure;
