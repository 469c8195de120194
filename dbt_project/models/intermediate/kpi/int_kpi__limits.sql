with months as (

    select * from {{ ref('int_kpi__months') }}

),

settings as (

    select
        max(setting_value) filter (where setting_code = 'baseline_points') as baseline_points,
        max(setting_value) filter (where setting_code = 'limit_factor') as limit_factor
    from {{ ref('ref_xmr_setting') }}

),

-- Figures that share most of their months would look far steadier than they are.
points as (

    select
        *,
        row_number() over series_so_far as point,
        case
            when month = lag(month) over series_so_far + interval '1 month'
                then abs(value - lag(value) over series_so_far)
        end as moving_range
    from months
    where not is_rolling
    window series_so_far as (partition by kpi_code, area_code, series_code order by month)

),

baseline as (

    select
        points.kpi_code,
        points.area_code,
        points.series_code,
        min(points.month) as baseline_first_month,
        max(points.month) as baseline_last_month,
        round(avg(points.value), 4) as mean,
        round(max(settings.limit_factor) * avg(points.moving_range), 4) as limit_distance
    from points
    cross join settings
    where points.point <= settings.baseline_points
    group by points.kpi_code, points.area_code, points.series_code
    having count(*) = max(settings.baseline_points)

),

final as (

    select
        *,
        mean + limit_distance as upper_limit,
        -- Nothing is counted less than never.
        greatest(mean - limit_distance, 0) as lower_limit
    from baseline

)

select * from final
