-- The papers' savings list again some lines of two printed tables: each must be the cell that it repeats.
with cells as (

    select
        source_doc,
        source_table,
        row_label,
        financial_year,
        amount,
        unit
    from {{ ref('paper_budget_bridge') }}

    union all

    select
        source_doc,
        source_table,
        row_label,
        financial_year,
        amount,
        unit
    from {{ ref('paper_revenue_budget') }}

)

select
    printed.row_id,
    printed.amount,
    printed.unit
from {{ ref('paper_savings_programmes') }} as printed
where
    printed.row_type = 'budget_line'
    and not exists (
        select 1
        from cells
        where
            cells.source_doc = printed.source_doc
            and cells.source_table = printed.source_table
            and cells.financial_year = printed.target_year
            and starts_with(printed.programme_name, cells.row_label)
            and cells.amount = printed.amount
            and cells.unit = printed.unit
    )
