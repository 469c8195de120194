{{ config(materialized='table') }}

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
        case target_type
            when 'percent_change' then change_pct
            when 'change_points_or_percent_not_stated' then change_pct
            when 'change_points' then change_points
            when 'absolute' then actual_value
        end as percent_reading,
        case target_type
            when 'percent_change' then change_pct
            when 'change_points_or_percent_not_stated' then change_points
            when 'change_points' then change_points
            when 'absolute' then actual_value
        end as points_reading
    from changes

),

-- A budget that is to be achieved is kept where no more is spent.
outcomes as (

    select
        *,
        case
            when direction in ('decrease', 'achieve') then percent_reading <= target_value
            when direction = 'increase' then percent_reading >= target_value
        end as is_met_in_percent,
        case
            when direction in ('decrease', 'achieve') then points_reading <= target_value
            when direction = 'increase' then points_reading >= target_value
        end as is_met_in_points
    from readings

),

final as (

    select
        *,
        case
            when actual_value is null then 'no_data'
            when target_value is null then 'no_target'
            when percent_reading is null then 'no_data'
            when is_met_in_percent <> is_met_in_points then 'undecided'
            when is_met_in_percent then 'met'
            when not is_met_in_percent then 'missed'
        end as status,
        row_number() over (
            partition by kpi_code, area_code, year_start
            order by
                num_nulls(baseline_value) asc, vintage_last_month asc, vintage_order desc,
                {{ by_letters('source_dataset') }} asc
        ) = 1 as is_headline
    from outcomes

)

select * from final
