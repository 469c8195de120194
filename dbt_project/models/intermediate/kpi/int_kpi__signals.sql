{%- set chart = 'kpi_code, area_code, series_code, chart_phase, segment' -%}
with points as (

    select * from {{ ref('int_kpi__points') }}

),

-- How far a point lies from the mean, or from the point before it, and how far it must at least.
distances as (

    select
        points.kpi_code,
        points.area_code,
        points.series_code,
        points.chart_phase,
        limits.segment,
        points.month,
        rules.*,
        case
            when rules.held_against = 'point_before' and points.point = limits.first_point then null
            when rules.held_against = 'point_before' then points.change
            else points.value - limits.mean
        end as distance,
        case rules.held_against when 'point_before' then 0 else rules.limit_share * limits.limit_distance end
            as least_distance
    from points
    inner join {{ ref('int_kpi__limits') }} as limits using (kpi_code, area_code, series_code, chart_phase)
    cross join {{ ref('ref_xmr_rule') }} as rules
    where points.point between limits.first_point and limits.last_point

),

running as (

    select
        *,
        count(*) filter (where distance > least_distance) over so_far as high_so_far,
        count(*) filter (where -distance > least_distance) over so_far as low_so_far
    from distances
    window so_far as (partition by {{ chart }}, rule_code order by month)

),

-- How many of the latest points lie there: the running sum less what it was that many points ago.
looked_at as (

    select
        *,
        high_so_far - coalesce(lag(high_so_far, points_looked_at) over so_far, 0) as high_points,
        low_so_far - coalesce(lag(low_so_far, points_looked_at) over so_far, 0) as low_points
    from running
    window so_far as (partition by {{ chart }}, rule_code order by month)

),

final as (

    select distinct on (kpi_code, area_code, series_code, month)
        kpi_code,
        area_code,
        series_code,
        month,
        rule_code,
        case when distance > 0 then 'high' else 'low' end as side
    from looked_at
    where
        (distance > least_distance and high_points >= points_needed)
        or (-distance > least_distance and low_points >= points_needed)
    order by kpi_code asc, area_code asc, series_code asc, month asc, rule_order asc

)

select * from final
