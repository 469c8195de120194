{%- set version = "regexp_replace(printed.version, '^revenue_table_', '')" %}

with revenue as (

    {{ paper_figures('paper_revenue_budget', "'revenue_budget'", 'printed.amount', label_code('printed.row_label'),
        'printed.row_label', line_group='printed.category', version='printed.version', line_order='printed.line_order',
        is_total='printed.is_total', total_formula='printed.total_formula', cell_status='printed.cell_status',
        is_table=true) }}

),

capital_expenditure as (

    {{ paper_figures('paper_capital_expenditure', "'capital_expenditure'", 'printed.amount', 'printed.line_code',
        'printed.row_label', version='printed.version', line_order='printed.line_order', is_total='printed.is_total',
        total_formula='printed.total_formula', cell_status='printed.cell_status', is_table=true) }}

),

capital_funding as (

    {{ paper_figures('paper_capital_funding', "'capital_funding'", 'printed.amount', 'printed.line_code',
        'printed.row_label', line_group='printed.funding_block', version='printed.version',
        line_order='printed.line_order', is_total='printed.is_total', total_formula='printed.total_formula',
        cell_status='printed.cell_status', is_table=true) }}

),

staffing as (

    {{ paper_figures('paper_staffing', "'staffing_' || printed.table_code", 'printed.value', 'printed.staff_group',
        'printed.row_label', version='printed.version', line_order='printed.line_order', is_total='printed.is_total',
        total_formula='printed.total_formula', is_table=true) }}

),

bridge as (

    {{ paper_figures('paper_budget_bridge', "'budget_bridge'", 'printed.amount', 'printed.line_code',
        'printed.row_label', line_group='printed.line_type', line_order='printed.line_order',
        is_total='printed.is_total', is_table=true) }}

),

-- The papers' table has no running total: it was worked out beside its rows.
bridge_running_total as (

    {{ paper_figures('paper_budget_bridge', "'budget_bridge'", 'printed.running_total_derived', 'printed.line_code',
        "'Running total after ' || printed.row_label", measure_code="'running_total'", line_group='printed.line_type',
        line_order='printed.line_order', basis="'derived'", is_table=true) }}

),

requirement as (

    {{ paper_figures('paper_budget_requirement', "'budget_requirement'", 'printed.value',
        label_code('printed.row_label'), 'printed.row_label', version=version, note='printed.note', is_table=true) }}

),

final as (

    select * from revenue
    union all
    select * from capital_expenditure
    union all
    select * from capital_funding
    union all
    select * from staffing
    union all
    select * from bridge
    union all
    select * from bridge_running_total
    union all
    select * from requirement

)

select * from final
