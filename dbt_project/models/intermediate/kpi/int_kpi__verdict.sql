with measurements as (

    select * from {{ ref('int_kpi__measurement') }}

),

changes as (

    select
        *,
        actual_value - baseline_value as change_points,
        100 * (actual_value - baseline_value) / nullif(baseline_value, 0) as change_pct
    from measurements

),

-- Both readings of the target; they differ only where the paper does not say percent or points.
readings as (

    select
        *,
        case when target_type in ('percent_change', 'change_points_or_percent_not_stated') then change_pct end
            as percent_reading,
        case target_type
            when 'percent_change' then change_pct
            when 'change_points_or_percent_not_stated' then change_points
        end as points_reading
    from changes

),

outcomes as (

    select
        *,
        case direction
            when 'decrease' then percent_reading <= target_value
            when 'increase' then percent_reading >= target_value
        end as is_met_in_percent,
        case direction
            when 'decrease' then points_reading <= target_value
            when 'increase' then points_reading >= target_value
        end as is_met_in_points
    from readings

),

final as (

    select
        *,
        case
            when actual_value is null or baseline_value is null then 'no_data'
            when target_value is null then 'no_target'
            when is_met_in_percent <> is_met_in_points then 'undecided'
            when is_met_in_percent then 'met'
            when not is_met_in_percent then 'missed'
        end as status,
        row_number() over (
            partition by kpi_code, year_start
            order by vintage_last_month asc, vintage_order desc
        ) = 1 as is_headline
    from outcomes

)

select * from final
