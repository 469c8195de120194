{%- set target = 'kpi_code, year_start, target_value, target_text, target_unit, target_type, direction, baseline_rule,
    printed_baseline_value, source_document, citation, is_generated' -%}
with definitions as (

    select * from {{ ref('int_kpi__definition') }}

),

plan_targets as (

    select * from {{ ref('int_kpi__plan_target') }}

),

signed as (

    select * from {{ ref('stg_intake__kpi_target') }}

),

standing as (

    {{ standing_statements('signed', ['kpi_code', 'financial_year']) }}

),

with_place as (

    select
        kpi_code,
        year_start,
        target_value,
        target_text,
        target_unit,
        target_type,
        direction,
        baseline_rule,
        printed_baseline_value,
        source_document,
        citation,
        false as is_generated,
        1 as place
    from definitions
    where year_start is not null

    union all

    select
        kpi_code,
        {{ financial_year_first_day('financial_year') }} as year_start,
        planned_count as target_value,
        null as target_text,
        'count' as target_unit,
        'absolute' as target_type,
        direction,
        'none' as baseline_rule,
        null as printed_baseline_value,
        source_document,
        citation,
        false as is_generated,
        2 as place
    from plan_targets

    union all

    select
        standing.kpi_code,
        {{ financial_year_first_day('standing.financial_year') }} as year_start,
        standing.target_value,
        null as target_text,
        standing.target_unit,
        standing.target_type,
        standing.direction,
        'year_before' as baseline_rule,
        null as printed_baseline_value,
        'none' as source_document,
        format('Target set on %s, as signed in the intake', standing.set_on) as citation,
        standing.is_generated,
        3 as place
    from standing
    inner join definitions using (kpi_code)

),

-- What a paper sets for a year stands; a signed target is for a year of which no paper sets one.
final as (

    select distinct on (kpi_code, year_start) {{ target }}
    from with_place
    order by kpi_code asc, year_start asc, place asc

)

select * from final
