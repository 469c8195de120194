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

insert into dim_borough values ('E23000001', 'Metropolitan Police area', 'police_area', 'metropolitan', null, false);
insert into audit.dataset (dataset, domain, title, publisher, licence, definition_hash)
values ('public_attitude_survey', 'survey', 'Survey', 'Authority', 'OGL', 'd1');
insert into audit.source_file (dataset, sha256, bytes, name, address, fetched_at, licence, is_generated)
values ('public_attitude_survey', 's1', 1, 'survey.csv', 'inbox/survey.csv', '2024-01-01', 'OGL', true);
insert into audit.batch (
    batch_id, dataset, sha256, definition_hash, vintage, is_generated, status, records_read, records_loaded
) values ('a1', 'public_attitude_survey', 's1', 'd1', '2012-03', true, 'accepted', 2, 2);
insert into audit.refresh_input (
    refresh_id, batch_id, dataset, vintage, vintage_order, coverage, is_generated, period_start, period_end
) values ('r1', 'a1', 'public_attitude_survey', '2012-03', 1, 'full', true, '2011-03-31', '2012-03-31');
insert into raw.public_attitude_survey values
    ('2011-03-31', 'PAS', 'Barnet', 'Job', 0.6, 0.65, 'share', 'a1', 1, null),
    ('2012-03-31', 'PAS', 'Barnet', 'Job', 0.7, 0.66, 'share', 'a1', 2, null);
insert into public_attitude values
    ('E09000003', '2011-03-31', 'job', 'Barnet', 'borough', 'Job', 60, 65, -5, null, 'public_attitude_survey', '2012-03', true),
    ('E09000003', '2012-03-31', 'job', 'Barnet', 'borough', 'Job', 70, 66, 4, 10, 'public_attitude_survey', '2012-03', true),
    ('E23000001', '2012-03-31', 'job', 'The whole', 'police_area', 'Job', 66, 66, 0, null, 'public_attitude_survey', '2012-03', true);

insert into kpi_monthly (
    kpi_code, area_code, month, value, unit, twelve_month_total, change_on_year_pct, change_on_year_pp, signal, signal_rule,
    chart_status, chart_mean, lower_limit, upper_limit, series_code, source_dataset, source_vintage, is_generated,
    chart_basis, assurance, note_code
)
select
    'KPI1', area_code, month, value, 'offences', case when month = '2012-03-01' then 12 * value end, 0, null, 'none', null,
    'charted', value, value - 5, value + 5, 'old', 'mps_borough_crime', '2012-03', true,
    'months', 'no_target', 'none'
from (values ('E09000003', 10), ('heathrow', 20), ('E23000001', 30)) as areas (area_code, value)
cross join generate_series(date '2011-04-01', date '2012-03-01', interval '1 month') as month;
insert into kpi_monthly (
    kpi_code, area_code, month, value, unit, twelve_month_total, change_on_year_pct, change_on_year_pp, signal, signal_rule,
    chart_status, chart_mean, lower_limit, upper_limit, series_code, source_dataset, source_vintage, is_generated,
    chart_basis, assurance, note_code
) values
    ('KPI1', 'E09000003', '2012-04-01', 16, 'offences', null, null, null, 'worsening', 'outside_limits', 'charted', 10, 5,
     15, 'old', 'mps_borough_crime', '2012-03', true, 'months', 'no_target', 'none'),
    ('KPI1', 'E23000001', '2012-04-01', 16, 'offences', null, null, null, 'none', null, 'too_few_points', null, null,
     null, 'new', 'mps_borough_crime', '2012-03', true, 'months', 'no_target', 'none'),
    ('KPI4', 'E09000003', '2012-03-01', 66, 'percent', null, null, 1, 'none', null, 'too_few_points', null, null, null,
     'job', 'public_attitude_survey', '2012-03', true, 'years_to_the_month', 'no_target', 'none');

insert into borough_scorecard (
    borough_code, financial_year, borough_name, area_type, crime_rate_per_1000, crime_change_pct, violence_change_pct,
    confidence_pct, confidence_gap_pp, rank_in_london, boroughs_ranked, offence_count, population, population_year,
    population_rule, crime_source_vintage, has_series_break, is_generated, crime_basis
) values
    ('E09000003', '2011/12', 'Barnet', 'borough', 80, -1, -2, 70, 4, 2, 2, 8000, 100000, 2011, 'of_the_year', '2012-03', false, true, 'release'),
    ('E09000005', '2011/12', 'Brent', 'borough', 70, -1, -2, 70, 4, 1, 2, 7000, 100000, 2011, 'of_the_year', '2012-03', false, true, 'release'),
    ('heathrow', '2011/12', 'Heathrow', 'other', null, -1, -2, null, null, null, null, 500, null, null, null, '2012-03', false, true, 'release');
