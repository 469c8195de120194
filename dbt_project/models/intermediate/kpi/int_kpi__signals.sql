with months as (

    select * from {{ ref('int_kpi__months') }}

),

limits as (

    select * from {{ ref('int_kpi__limits') }}

),

rules as (

    select * from {{ ref('ref_xmr_rule') }}

),

sides as (

    select
        months.kpi_code,
        months.area_code,
        months.series_code,
        months.month,
        rules.rule_code,
        rules.rule_order,
        rules.points_needed,
        rules.points_looked_at,
        months.value > limits.mean + rules.limit_share * limits.limit_distance as is_high,
        months.value < limits.mean - rules.limit_share * limits.limit_distance as is_low
    from months
    inner join limits using (kpi_code, area_code, series_code)
    cross join rules

),

running as (

    select
        *,
        sum(is_high::integer) over so_far as high_so_far,
        sum(is_low::integer) over so_far as low_so_far
    from sides
    window so_far as (partition by kpi_code, area_code, series_code, rule_code order by month)

),

-- How many of the latest points lie there: the running sum less what it was that many points ago.
looked_at as (

    select
        *,
        high_so_far - coalesce(lag(high_so_far, points_looked_at) over so_far, 0) as high_points,
        low_so_far - coalesce(lag(low_so_far, points_looked_at) over so_far, 0) as low_points
    from running
    window so_far as (partition by kpi_code, area_code, series_code, rule_code order by month)

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
