with plans as (

    select *
    from {{ ref('stg_papers__capital_expenditure') }}
    where not is_total and line_code <> 'overprogramming'

),

actuals as (

    select * from {{ ref('int_capital__actual') }}

),

-- What is reported joins every version of the plan; what no paper plans stands alone.
final as (

    select
        coalesce(plans.line_code, actuals.department_code) as department_code,
        coalesce(plans.financial_year, actuals.financial_year) as financial_year,
        coalesce(plans.version, 'none') as version,
        coalesce(plans.line_order, 0) as line_order,
        coalesce(plans.line_name, actuals.department_code) as department_name,
        plans.amount_gbp as budget_gbp,
        coalesce(plans.cell_status, 'none') as cell_status,
        actuals.actual_gbp,
        actuals.forecast_gbp,
        actuals.expected_gbp,
        actuals.as_at_date,
        coalesce(plans.authority_code, actuals.authority_code) as authority_code,
        coalesce(plans.source_document, 'none') as source_document,
        coalesce(plans.citation, 'none') as citation,
        coalesce(plans.basis, 'reported') as basis,
        coalesce(actuals.source_dataset, 'none') as source_dataset,
        coalesce(actuals.source_vintage, 'none') as source_vintage,
        coalesce(actuals.is_generated, false) as is_generated
    from plans
    full join actuals
        on plans.line_code = actuals.department_code and plans.financial_year = actuals.financial_year

)

select * from final
