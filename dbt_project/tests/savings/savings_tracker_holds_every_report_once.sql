-- What is reported for a year counts once, whether it joins a plan or stands alone; a part's report is in its whole's.
with reported as (

    select
        programme_code,
        financial_year,
        time_basis,
        delivered_gbp,
        forecast_gbp
    from {{ ref('int_savings__delivery') }}
    where financial_year <> 'unknown'

),

tracked as (

    select
        programme_code,
        financial_year,
        time_basis,
        count(*) filter (where is_counted or is_component) as row_count,
        max(delivered_gbp) as delivered_gbp,
        max(forecast_gbp) as forecast_gbp
    from {{ ref('savings_tracker') }}
    group by programme_code, financial_year, time_basis

)

select
    programme_code,
    financial_year,
    time_basis,
    tracked.row_count,
    reported.delivered_gbp,
    tracked.delivered_gbp as tracked_delivered_gbp
from reported
left join tracked using (programme_code, financial_year, time_basis)
where
    tracked.row_count is distinct from 1
    or reported.delivered_gbp is distinct from tracked.delivered_gbp
    or reported.forecast_gbp is distinct from tracked.forecast_gbp
