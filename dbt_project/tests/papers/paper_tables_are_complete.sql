-- A printed table has a cell for every line under every column, blank cells included: none may be missing here.
with cells as (

    select
        'paper_revenue_budget' as seed_name,
        row_label as line_name,
        column_label as printed_column
    from {{ ref('paper_revenue_budget') }}

    union all

    select
        'paper_capital_expenditure' as seed_name,
        line_code as line_name,
        financial_year as printed_column
    from {{ ref('paper_capital_expenditure') }}

    union all

    select
        'paper_capital_funding' as seed_name,
        line_code as line_name,
        financial_year as printed_column
    from {{ ref('paper_capital_funding') }}

    union all

    select
        'paper_staffing, ' || table_code as seed_name,
        staff_group as line_name,
        column_label as printed_column
    from {{ ref('paper_staffing') }}

),

counted as (

    select
        seed_name,
        count(*) as cell_count,
        count(distinct line_name) * count(distinct printed_column) as expected_cell_count
    from cells
    group by seed_name

)

select
    seed_name,
    cell_count,
    expected_cell_count
from counted
where cell_count <> expected_cell_count
