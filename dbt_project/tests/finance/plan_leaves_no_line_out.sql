with lines as (

    select
        financial_year,
        budget_version as version,
        sum(amount_gbp) as lines_gbp
    from {{ ref('revenue_budget') }}
    where not is_total
    group by financial_year, budget_version

)

select
    financial_year,
    version,
    plans.budget_requirement_gbp,
    lines.lines_gbp
from {{ ref('medium_term_plan') }} as plans
full join lines using (financial_year, version)
where
    lines.lines_gbp is distinct from
    plans.expenditure_gbp + plans.income_gbp - plans.savings_to_be_identified_gbp + plans.reserves_transfer_gbp
