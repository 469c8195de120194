with actuals as (

    select * from {{ ref('int_workforce__plan_actuals') }}

),

groups as (

    select * from {{ ref('ref_kpi_staff_group') }}

),

-- The last day of a financial year is its strength: heads for volunteers, full-time equivalents for all others.
final as (

    select
        groups.kpi_code,
        {{ financial_year_start('actuals.as_at_date') }} as year_start,
        actuals.source_dataset,
        actuals.source_dataset as series_code,
        actuals.source_vintage,
        to_date(left(actuals.source_vintage, 7), 'YYYY-MM') as vintage_last_month,
        actuals.is_generated,
        round(coalesce(actuals.actual_fte, actuals.actual_headcount), 2) as strength,
        case when actuals.actual_fte is null then 'people' else 'full-time equivalents' end as unit
    from actuals
    inner join groups using (staff_group)
    where
        actuals.force_code = '{{ var("force_code") }}'
        and extract(month from actuals.as_at_date) = 3
        and coalesce(actuals.actual_fte, actuals.actual_headcount) is not null

)

select * from final
