with charts as (

    select * from {{ ref('int_kpi__chart') }}

),

signals as (

    select * from {{ ref('int_kpi__signals') }}

),

final as (

    select
        charts.kpi_code,
        charts.area_code,
        charts.month,
        charts.value,
        charts.unit,
        charts.twelve_month_total,
        case
            when charts.unit <> 'percent'
                then round(100 * charts.change_on_year / nullif(charts.year_before_value, 0), 2)
        end as change_on_year_pct,
        case when charts.unit = 'percent' then round(charts.change_on_year, 2) end as change_on_year_pp,
        round(
            100 * (charts.twelve_month_total - charts.year_before_total) / nullif(charts.year_before_total, 0), 2
        ) as total_change_on_year_pct,
        case
            when signals.side is null then 'none'
            when (definitions.direction = 'increase') = (signals.side = 'high') then 'improving'
            else 'worsening'
        end as signal,
        signals.rule_code as signal_rule,
        case
            when charts.note_code is not null then 'noted'
            when charts.mean is null then 'too_few_points'
            else 'charted'
        end as chart_status,
        case when charts.is_rolling then 'years_to_the_month' else 'months' end as chart_basis,
        round(charts.mean, 2) as chart_mean,
        round(charts.lower_limit, 2) as lower_limit,
        round(charts.upper_limit, 2) as upper_limit,
        charts.limits_first_month as baseline_first_month,
        charts.limits_last_month as baseline_last_month,
        charts.rebase_reason,
        round(charts.target_level, 2) as target_level,
        case
            when charts.mean is null or charts.target_level is null then 'no_target'
            when definitions.direction = 'increase' and charts.lower_limit >= charts.target_level then 'met'
            when definitions.direction = 'increase' and charts.upper_limit < charts.target_level then 'missed'
            when definitions.direction = 'decrease' and charts.upper_limit <= charts.target_level then 'met'
            when definitions.direction = 'decrease' and charts.lower_limit > charts.target_level then 'missed'
            else 'chance'
        end as assurance,
        coalesce(charts.note_code, 'none') as note_code,
        charts.series_code,
        charts.source_dataset,
        charts.source_vintage,
        charts.is_generated
    from charts
    inner join {{ ref('int_kpi__definition') }} as definitions using (kpi_code)
    left join signals
        on
            charts.kpi_code = signals.kpi_code
            and charts.area_code = signals.area_code
            and charts.series_code = signals.series_code
            and charts.month = signals.month
            and definitions.direction in ('increase', 'decrease')

)

select * from final
