with statements as (

    select * from {{ ref('stg_intake__revenue_monitoring') }}

),

lines as (

    select
        line_code,
        min(line_name collate "C") as line_name
    from {{ ref('int_finance__revenue_lines') }}
    group by line_code

),

standing as (

    {{ standing_statements('statements', ['business_group', 'line_code', 'financial_year', 'period']) }}

),

final as (

    select
        standing.business_group,
        standing.line_code,
        standing.financial_year,
        standing.period,
        coalesce(lines.line_name, standing.line_code) as line_name,
        standing.budget_gbp,
        standing.actual_gbp,
        standing.forecast_gbp,
        standing.as_at_date,
        standing.authority_code,
        standing.source_dataset,
        standing.source_vintage,
        standing.is_generated
    from standing
    left join lines using (line_code)

)

select * from final
