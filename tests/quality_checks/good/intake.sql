-- A file of each kind of the intake, eight rows each as the batch says, and the marts made of them.
insert into audit.sign_off (dataset, sha256, name, role, signed_on, statement)
values ('mps_borough_crime', 's2', 'Ada Smith', 'Head of Finance', '2012-04-30', 'Correct');

insert into raw.intake_savings_delivery
select 'P' || number, '2011/12', 'annual', 100, 110, '2012-03-31', null, 'b2', number, null
from generate_series(1, 8) as number;
insert into raw.intake_capital_actual
select 'department_' || number, '2011/12', 100, 110, '2012-03-31', 'b2', number, null
from generate_series(1, 8) as number;
insert into raw.intake_revenue_monitoring
select 'territorial', 'pay', '2011/12', number, 100, 110, 105, '2012-03-31', 'b2', number, null
from generate_series(1, 8) as number;
insert into raw.intake_benefits
select 'HOURS', 'Hours', 'Patrol', 'Director', make_date(2011, number::integer, 1), 100, 90, 'hours', 'b2', number, null
from generate_series(1, 8) as number;

insert into raw.intake_kpi_target
select
    'KPI1', (2011 + number) || '/' || to_char(12 + number, 'FM00'), -2, 'percent', 'percent_change', 'decrease',
    '2012-03-31', 'b2', number, null
from generate_series(1, 8) as number;
insert into raw.intake_hr_extract
select '2012-03-31', 'unit_' || number, 'police_officer', 'constable', 'female', 'white', 3, 2.6, 'b2', number, null
from generate_series(1, 8) as number;

insert into revenue_monitoring (
    business_group, line_code, financial_year, period, line_name, budget_gbp, actual_gbp, forecast_gbp, variance_gbp,
    variance_pct, budget_to_date_gbp, actual_to_date_gbp, variance_to_date_gbp, as_at_date, authority_code,
    source_dataset, source_vintage, is_generated
)
select
    'territorial', line_code, '2011/12', period, line_code, budget, actual, null, variance, variance_pct,
    budget_to_date, actual_to_date, variance_to_date, '2011-06-30', 'mpa', 'intake_revenue_monitoring', '2011-06', false
from (
    select line_code, values.* from (select min(line_code) as line_code from revenue_budget) as line
    cross join (values
        (1, 100, 110, 10, 10.00, 100, 110, 10), (2, 100, null, null, null, 200, null, null)
    ) as values (period, budget, actual, variance, variance_pct, budget_to_date, actual_to_date, variance_to_date)
) as rows;

insert into benefits_realisation (
    benefit_code, period, benefit_name, programme_name, owner, target_value, realised_value, unit, realised_pct, status,
    authority_code, source_dataset, source_vintage, is_generated
)
select
    code, period, code, 'Patrol', 'Director', target, realised, 'hours', realised_pct, status, 'mpa', 'intake_benefits',
    '2012-02', false
from (values
    ('hours', date '2012-01-01', 100, 90, 90.00, 'partly_realised'),
    ('hours', '2012-02-01', 100, 100, 100.00, 'realised'),
    ('calls', '2012-01-01', null, 7, null, 'no_target'),
    ('space', '2012-01-01', 100, null, null, 'no_data')
) as benefits (code, period, target, realised, realised_pct, status);
