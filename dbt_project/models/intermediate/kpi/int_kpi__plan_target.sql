with planned as (

    select * from {{ ref('stg_papers__staffing') }}

),

staff_groups as (

    select * from {{ ref('ref_kpi_staff_group') }}

),

definitions as (

    select * from {{ ref('int_kpi__definition') }}

),

versions as (

    select * from {{ ref('ref_budget_version') }}

),

-- The plan's table of target strength, as last changed for the year.
final as (

    select distinct on (staff_groups.kpi_code, planned.financial_year)
        staff_groups.kpi_code,
        {{ financial_year_first_day('planned.financial_year') }} as year_start,
        planned.planned_count as target_value,
        null as target_text,
        'count' as target_unit,
        'absolute' as target_type,
        definitions.direction,
        'none' as baseline_rule,
        null::numeric as printed_baseline_value,
        planned.source_document,
        planned.citation,
        false as is_generated
    from planned
    inner join staff_groups using (staff_group)
    inner join definitions using (kpi_code)
    inner join versions on planned.version = versions.budget_version
    where planned.table_code = 'deployment_plan'
    order by staff_groups.kpi_code asc, planned.financial_year asc, versions.version_order desc

)

select * from final
