with lines as (

    select * from {{ ref('stg_papers__capital_expenditure') }}

),

-- The papers print a plan only. Outturn and forecast of a department come from the intake: they join here.
final as (

    select
        line_code as department_code,
        financial_year,
        version,
        line_order,
        line_name as department_name,
        amount_gbp as budget_gbp,
        cell_status,
        null::numeric as actual_gbp,
        null::numeric as forecast_gbp,
        authority_code,
        source_document,
        citation,
        basis,
        false as is_generated
    from lines
    where not is_total and line_code <> 'overprogramming'

)

select * from final
