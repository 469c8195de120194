with statements as (

    select * from {{ ref('stg_intake__capital_actual') }}

),

standing as (

    {{ standing_statements('statements', ['department_code', 'financial_year']) }}

),

-- Spending so far says little about a year that still runs: until its end the forecast counts, then the spending.
final as (

    select
        department_code,
        financial_year,
        actual_gbp,
        forecast_gbp,
        case
            when as_at_date >= {{ financial_year_first_day('financial_year') }} + interval '1 year - 1 day'
                then coalesce(actual_gbp, forecast_gbp)
            else forecast_gbp
        end as expected_gbp,
        as_at_date,
        authority_code,
        source_dataset,
        source_vintage,
        is_generated
    from standing

)

select * from final
