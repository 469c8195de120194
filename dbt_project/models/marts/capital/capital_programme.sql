with departments as (

    select * from {{ ref('int_capital__departments') }}

),

-- What was spent counts; until it is known, what is expected. Without either nothing is known to have slipped.
final as (

    select
        department_code,
        financial_year,
        version,
        line_order,
        department_name,
        budget_gbp,
        cell_status,
        actual_gbp,
        forecast_gbp,
        coalesce(budget_gbp, 0) - coalesce(actual_gbp, forecast_gbp) as slippage_gbp,
        authority_code,
        source_document,
        citation,
        basis,
        is_generated
    from departments

)

select * from final
