with statements as (

    select * from {{ ref('stg_intake__capital_actual') }}

),

standing as (

    {{ standing_statements('statements', ['department_code', 'financial_year']) }}

),

final as (

    select
        department_code,
        financial_year,
        actual_gbp,
        forecast_gbp,
        {{ expected_at_year_end('actual_gbp', 'forecast_gbp') }} as expected_gbp,
        as_at_date,
        authority_code,
        source_dataset,
        source_vintage,
        is_generated
    from standing

)

select * from final
