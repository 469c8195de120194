with statements as (

    select * from {{ ref('stg_intake__savings_delivery') }}

),

standing as (

    {{ standing_statements('statements', ['programme_code', 'financial_year', 'time_basis']) }}

),

final as (

    select
        programme_code,
        financial_year,
        time_basis,
        delivered_gbp,
        forecast_gbp,
        {{ expected_at_year_end('delivered_gbp', 'forecast_gbp') }} as expected_gbp,
        as_at_date,
        authority_code,
        source_dataset,
        source_vintage,
        is_generated
    from standing

)

select * from final
