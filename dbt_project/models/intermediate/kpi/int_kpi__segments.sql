{{ config(materialized='table') }}

with recursive settings as (

    select max(setting_value) filter (where setting_code = 'baseline_points')::integer as baseline_points
    from {{ ref('ref_xmr_setting') }}

),

charts as (

    select * from {{ ref('int_kpi__charted') }}

),

-- From each start on, the first stretch of so many points that lie all on one side of the mean of the points before
-- them: a shift that is confirmed, and the start of the next segment.
found as (

    select
        charts.*,
        1 as segment,
        1 as first_point,
        null::text as shift_side
    from charts

    union all

    select
        found.kpi_code,
        found.area_code,
        found.series_code,
        found.chart_phase,
        found.points,
        found.totals,
        found.lowest,
        found.highest,
        found.segment + 1 as segment,
        shift.first_point,
        shift.shift_side
    from found
    cross join settings
    cross join lateral (
        select
            starts.point as first_point,
            case when found.lowest[starts.point] > before.mean then 'above' else 'below' end as shift_side
        from generate_series(found.first_point + settings.baseline_points, found.points) as starts (point)
        cross join
            lateral (
                select
                    (found.totals[starts.point - 1] - coalesce(found.totals[found.first_point - 1], 0))
                    / (starts.point - found.first_point) as mean
            ) as before
        where found.lowest[starts.point] > before.mean or found.highest[starts.point] < before.mean
        order by starts.point
        limit 1
    ) as shift

),

final as (

    select
        kpi_code,
        area_code,
        series_code,
        chart_phase,
        segment,
        first_point,
        lead(first_point, 1, points + 1) over chart - 1 as last_point,
        shift_side
    from found
    window chart as (partition by kpi_code, area_code, series_code, chart_phase order by segment)

)

select * from final
