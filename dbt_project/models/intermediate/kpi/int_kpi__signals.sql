{%- set chart = 'kpi_code, area_code, series_code, chart_phase, segment' -%}
with points as (

    select * from {{ ref('int_kpi__points') }}

),

limits as (

    select * from {{ ref('int_kpi__limits') }}

),

rules as (

    select * from {{ ref('ref_xmr_rule') }}

),

-- A point lies high by a line between mean and limit, or by the point before it.
sides as (

    select
        points.kpi_code,
        points.area_code,
        points.series_code,
        points.chart_phase,
        limits.segment,
        points.month,
        rules.rule_code,
        rules.rule_order,
        rules.points_needed,
        rules.points_looked_at,
        case rules.held_against
            when 'point_before' then points.change > 0 and points.point > limits.first_point
            else points.value > limits.mean + rules.limit_share * limits.limit_distance
        end as is_high,
        case rules.held_against
            when 'point_before' then points.change < 0 and points.point > limits.first_point
            else points.value < limits.mean - rules.limit_share * limits.limit_distance
        end as is_low
    from points
    inner join limits
        on
            points.kpi_code = limits.kpi_code
            and points.area_code = limits.area_code
            and points.series_code = limits.series_code
            and points.chart_phase = limits.chart_phase
            and points.point between limits.first_point and limits.last_point
    cross join rules

),

running as (

    select
        *,
        sum(coalesce(is_high, false)::integer) over so_far as high_so_far,
        sum(coalesce(is_low, false)::integer) over so_far as low_so_far
    from sides
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
        case when is_high then 'high' else 'low' end as side
    from looked_at
    where (is_high and high_points >= points_needed) or (is_low and low_points >= points_needed)
    order by kpi_code asc, area_code asc, series_code asc, month asc, rule_order asc

)

select * from final
