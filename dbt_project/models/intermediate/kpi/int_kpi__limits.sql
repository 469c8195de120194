with points as (

    select * from {{ ref('int_kpi__points') }}

),

segments as (

    select * from {{ ref('int_kpi__segments') }}

),

settings as (

    select
        max(setting_value) filter (where setting_code = 'baseline_points') as baseline_points,
        max(setting_value) filter (where setting_code = 'baseline_years') as baseline_years,
        max(setting_value) filter (where setting_code = 'limit_factor') as limit_factor
    from {{ ref('ref_xmr_setting') }}

),

-- The change to a segment's first point belongs to no segment; a change across a missing month is none.
measured as (

    select
        segments.kpi_code,
        segments.area_code,
        segments.series_code,
        segments.chart_phase,
        segments.segment,
        segments.shift_side,
        segments.first_point,
        segments.last_point,
        min(points.month) as first_month,
        max(points.month) as last_month,
        round(avg(points.value), 4) as mean,
        round(
            max(settings.limit_factor)
            * avg(abs(points.change)) filter (where points.point > segments.first_point), 4
        ) as limit_distance
    from segments
    cross join settings
    inner join points
        on
            segments.kpi_code = points.kpi_code
            and segments.area_code = points.area_code
            and segments.series_code = points.series_code
            and segments.chart_phase = points.chart_phase
            and points.point between segments.first_point and segments.last_point
    group by
        segments.kpi_code, segments.area_code, segments.series_code, segments.chart_phase, segments.segment,
        segments.shift_side, segments.first_point, segments.last_point
    having count(*) >= max(case when points.is_rolling then settings.baseline_years else settings.baseline_points end)

),

final as (

    select
        *,
        mean + limit_distance as upper_limit,
        -- Nothing is counted less than never.
        greatest(mean - limit_distance, 0) as lower_limit,
        case
            when shift_side is not null then format(
                'A shift: a year of points in a row lies %s the mean of %s to %s, %s',
                shift_side,
                to_char(lag(first_month) over chart, 'YYYY-MM'),
                to_char(lag(last_month) over chart, 'YYYY-MM'),
                round(lag(mean) over chart, 1)
            )
        end as rebase_reason
    from measured
    window chart as (partition by kpi_code, area_code, series_code, chart_phase order by segment)

)

select * from final
