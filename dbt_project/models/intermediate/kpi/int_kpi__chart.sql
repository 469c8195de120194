with compared as (

    select * from {{ ref('int_kpi__year_on_year') }}

),

points as (

    select * from {{ ref('int_kpi__points') }}

),

limits as (

    select * from {{ ref('int_kpi__limits') }}

),

levels as (

    select * from {{ ref('int_kpi__target_level') }}

),

final as (

    select
        compared.*,
        limits.mean,
        limits.lower_limit,
        limits.upper_limit,
        limits.first_month as limits_first_month,
        limits.last_month as limits_last_month,
        limits.rebase_reason,
        levels.target_level
    from compared
    left join points using (kpi_code, area_code, series_code, month)
    left join limits
        on
            points.kpi_code = limits.kpi_code
            and points.area_code = limits.area_code
            and points.series_code = limits.series_code
            and points.chart_phase = limits.chart_phase
            and points.point between limits.first_point and limits.last_point
    left join levels
        on
            compared.kpi_code = levels.kpi_code
            and compared.area_code = levels.area_code
            and compared.source_dataset = levels.source_dataset
            and compared.source_vintage = levels.source_vintage
            and {{ financial_year_start('compared.month') }} = levels.year_start

)

select * from final
