with savings as (

    {{ paper_figures('paper_savings_programmes', "'savings'", 'printed.amount', id_line('printed.row_id'),
        'printed.programme_name', line_group='printed.row_type', financial_year='printed.target_year',
        qualifier='printed.qualifier', note='printed.description', filter='printed.amount is not null') }}

),

grants as (

    {{ paper_figures('paper_grant_settlement', "'grant_settlement'", 'printed.value', id_line('printed.statement_id'),
        'printed.grant_or_scope', version=id_version('printed.statement_id'), note='printed.description',
        filter='printed.value is not null') }}

),

kpi as (

    {{ paper_figures('paper_kpi_targets', "'kpi_targets'", 'printed.target_value', 'printed.kpi_row_id',
        "printed.kpi_label || ', target'", unit='printed.target_unit', financial_year='printed.target_year',
        filter='printed.target_value is not null') }}

),

kpi_baseline as (

    {{ paper_figures('paper_kpi_targets', "'kpi_targets'", 'printed.baseline_value', 'printed.kpi_row_id',
        "printed.kpi_label || ', baseline'", unit="'percent'", measure_code="'baseline'", financial_year="'none'",
        filter='printed.baseline_value is not null') }}

),

final as (

    select * from savings
    union all
    select * from grants
    union all
    select * from kpi
    union all
    select * from kpi_baseline

)

select * from final
