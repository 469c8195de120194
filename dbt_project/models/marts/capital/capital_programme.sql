with departments as (

    select * from {{ ref('int_capital__departments') }}

),

-- Without a figure for the whole year nothing is known to have slipped.
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
        expected_gbp,
        as_at_date,
        coalesce(budget_gbp, 0) - expected_gbp as slippage_gbp,
        authority_code,
        source_document,
        citation,
        basis,
        source_dataset,
        source_vintage,
        is_generated
    from departments

)

select * from final
