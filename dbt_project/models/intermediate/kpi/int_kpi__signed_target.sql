with definitions as (

    select * from {{ ref('int_kpi__definition') }}

),

signed as (

    select * from {{ ref('stg_intake__kpi_target') }}

),

standing as (

    {{ standing_statements('signed', ['kpi_code', 'financial_year']) }}

),

final as (

    select
        standing.kpi_code,
        {{ financial_year_first_day('standing.financial_year') }} as year_start,
        standing.target_value,
        null as target_text,
        standing.target_unit,
        standing.target_type,
        standing.direction,
        'year_before' as baseline_rule,
        null::numeric as printed_baseline_value,
        'none' as source_document,
        format('Target set on %s, as signed in the intake', standing.set_on) as citation,
        standing.is_generated
    from standing
    inner join definitions using (kpi_code)

)

select * from final
