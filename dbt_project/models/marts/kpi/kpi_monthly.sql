with compared as (

    select * from {{ ref('int_kpi__year_on_year') }}

),

limits as (

    select * from {{ ref('int_kpi__limits') }}

),

signals as (

    select * from {{ ref('int_kpi__signals') }}

),

targets as (

    select * from {{ ref('int_kpi__target') }}

),

final as (

    select
        compared.kpi_code,
        compared.area_code,
        compared.month,
        compared.value,
        compared.unit,
        compared.twelve_month_total,
        case
            when compared.unit <> 'percent'
                then round(100 * compared.change_on_year / nullif(compared.year_before_value, 0), 2)
        end as change_on_year_pct,
        case when compared.unit = 'percent' then round(compared.change_on_year, 2) end as change_on_year_pp,
        round(
            100 * (compared.twelve_month_total - compared.year_before_total) / nullif(compared.year_before_total, 0), 2
        ) as total_change_on_year_pct,
        case
            when signals.side is null then 'none'
            when (targets.direction = 'increase') = (signals.side = 'high') then 'improving'
            else 'worsening'
        end as signal,
        signals.rule_code as signal_rule,
        case
            when compared.is_rolling then 'rolling_figures'
            when limits.mean is null then 'too_few_points'
            else 'charted'
        end as chart_status,
        round(limits.mean, 2) as chart_mean,
        round(limits.lower_limit, 2) as lower_limit,
        round(limits.upper_limit, 2) as upper_limit,
        limits.baseline_first_month,
        limits.baseline_last_month,
        compared.series_code,
        compared.source_dataset,
        compared.source_vintage,
        compared.is_generated
    from compared
    inner join targets using (kpi_code)
    left join limits using (kpi_code, area_code, series_code)
    left join signals
        on
            compared.kpi_code = signals.kpi_code
            and compared.area_code = signals.area_code
            and compared.series_code = signals.series_code
            and compared.month = signals.month
            and targets.direction in ('increase', 'decrease')

)

select * from final
