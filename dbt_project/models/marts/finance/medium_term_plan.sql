with lines as (

    select * from {{ ref('int_finance__revenue_lines') }}

),

-- The parts are added up from the table's own lines, never from its totals; only the requirement is the printed foot.
plans as (

    select
        financial_year,
        budget_version,
        is_latest_version,
        authority_code,
        source_document,
        passage,
        sum(counted_gbp) filter (where line_category in ('pay', 'overtime', 'running_expenses', 'pensions'))
            as expenditure_gbp,
        sum(counted_gbp) filter (where line_category = 'pensions') as of_which_pensions_gbp,
        sum(counted_gbp) filter (where line_category = 'income') as income_gbp,
        sum(counted_gbp) filter (where line_category = 'reserves') as reserves_transfer_gbp,
        -sum(counted_gbp) filter (where line_category = 'savings_to_be_identified') as savings_to_be_identified_gbp,
        max(cell_status collate "C") filter (where line_category = 'savings_to_be_identified') as savings_cell_status
    from lines
    where not is_total
    group by
        financial_year,
        budget_version,
        is_latest_version,
        authority_code,
        source_document,
        passage

),

requirements as (

    select
        authority_code,
        financial_year,
        budget_version,
        amount_gbp as budget_requirement_gbp,
        line_name
    from lines
    where line_category = 'budget_requirement'

),

final as (

    select
        plans.financial_year,
        plans.budget_version as version,
        plans.expenditure_gbp,
        plans.of_which_pensions_gbp,
        plans.income_gbp,
        plans.reserves_transfer_gbp,
        plans.savings_to_be_identified_gbp,
        plans.savings_cell_status,
        plans.savings_to_be_identified_gbp = 0 as is_balanced,
        requirements.budget_requirement_gbp,
        plans.is_latest_version,
        plans.authority_code,
        plans.source_document,
        plans.passage || ' > every line but totals; ' || requirements.line_name as citation,
        'derived' as basis,
        false as is_generated
    from plans
    left join requirements using (authority_code, financial_year, budget_version)

)

select * from final
