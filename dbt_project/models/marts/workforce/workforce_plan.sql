with planned as (

    select * from {{ ref('stg_papers__staffing') }}

),

groups as (

    select * from {{ ref('ref_workforce_plan_group') }}

),

actuals as (

    select * from {{ ref('int_workforce__plan_actuals') }}

),

-- The year's plan is held against its last day: volunteers in heads, all others in full-time equivalents.
compared as (

    select
        planned.*,
        groups.worker_type,
        groups.no_actual_reason,
        actuals.source_dataset as actual_source,
        actuals.source_vintage,
        actuals.actual_fte,
        actuals.actual_headcount,
        coalesce(actuals.actual_fte, actuals.actual_headcount) as actual,
        coalesce(actuals.is_generated, false) as is_generated
    from planned
    inner join groups using (staff_group)
    left join actuals
        on
            planned.staff_group = actuals.staff_group
            and planned.force_code = actuals.force_code
            and planned.year_end = actuals.as_at_date

),

final as (

    select
        authority_code,
        worker_type,
        financial_year,
        version as plan_version,
        table_code as plan_table,
        coalesce(actual_source, 'none') as actual_source,
        row_label as plan_row_label,
        line_order,
        is_total,
        planned_count,
        measure_basis as plan_measure,
        actual_fte,
        actual_headcount,
        actual - planned_count as variance,
        round(100 * (actual - planned_count) / nullif(planned_count, 0), 2) as variance_pct,
        case when actual is null then coalesce(no_actual_reason, 'No source has the last day of the year') end
            as no_actual_reason,
        year_end as as_at_date,
        force_code,
        source_document,
        citation,
        source_vintage,
        is_generated
    from compared

)

select * from final
