with totals as (

    select
        'revenue_budget' as paper_table,
        count(totals.total_formula) as total_count
    from {{ ref('paper_revenue_budget') }} as totals
    inner join {{ ref('stg_papers__document') }} using (source_doc)
    union all
    select
        'capital_expenditure' as paper_table,
        count(totals.total_formula) as total_count
    from {{ ref('paper_capital_expenditure') }} as totals
    inner join {{ ref('stg_papers__document') }} using (source_doc)
    union all
    select
        'capital_funding' as paper_table,
        count(totals.total_formula) as total_count
    from {{ ref('paper_capital_funding') }} as totals
    inner join {{ ref('stg_papers__document') }} using (source_doc)
    union all
    select
        'staffing' as paper_table,
        count(totals.total_formula) as total_count
    from {{ ref('paper_staffing') }} as totals
    inner join {{ ref('stg_papers__document') }} using (source_doc)

),

checked as (

    select
        regexp_replace(split_part(check_code, '.', 2), '^staffing_.*', 'staffing') as paper_table,
        count(*) as check_count
    from {{ ref('figure_reconciliation') }}
    where check_code like 'printed_total.%'
    group by paper_table

)

select
    totals.paper_table,
    totals.total_count,
    checked.check_count
from totals
left join checked using (paper_table)
where totals.total_count <> coalesce(checked.check_count, 0)
