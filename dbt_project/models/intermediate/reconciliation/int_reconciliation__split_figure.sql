{%- set part_or_total = "case when printed.share_percent is null then 'total' else 'part' end" %}

with gross_expenditure as (

    {{ paper_figures('paper_gross_expenditure_split', "'gross_expenditure_split'", 'printed.amount',
        'printed.expenditure_code', 'printed.row_label', line_group=part_or_total, note='printed.note') }}

),

gross_expenditure_share as (

    {{ paper_figures('paper_gross_expenditure_split', "'gross_expenditure_split'", 'printed.share_percent',
        'printed.expenditure_code', "printed.row_label || ', share'", unit="'percent'", measure_code="'share'",
        line_group=part_or_total, filter='printed.share_percent is not null') }}

),

funding as (

    {{ paper_figures('paper_funding_sources', "'funding_sources'", 'printed.amount', 'printed.funding_code',
        'printed.row_label', line_group='printed.funding_group', note='printed.note') }}

),

funding_share as (

    {{ paper_figures('paper_funding_sources', "'funding_sources'", 'printed.share_percent', 'printed.funding_code',
        "printed.row_label || ', share'", unit="'percent'", measure_code="'share'",
        line_group='printed.funding_group', filter='printed.share_percent is not null') }}

),

final as (

    select * from gross_expenditure
    union all
    select * from gross_expenditure_share
    union all
    select * from funding
    union all
    select * from funding_share

)

select * from final
