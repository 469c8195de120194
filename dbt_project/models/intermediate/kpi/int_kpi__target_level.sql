with verdicts as (

    select * from {{ ref('int_kpi__verdict') }}
    where target_value is not null and unit in ('offences', 'percent') and baseline_value is not null

),

-- What a month of the year would be at, were the target just met; of two readings the harder one. Each release
-- has its own base.
levels as (

    select
        kpi_code,
        area_code,
        year_start,
        source_dataset,
        source_vintage,
        direction,
        unit,
        case
            when target_type in ('percent_change', 'change_points_or_percent_not_stated')
                then baseline_value * (1 + target_value / 100)
            when target_type = 'change_points' then baseline_value + target_value
            when target_type = 'absolute' then target_value
        end as by_percent,
        case
            when target_type = 'change_points_or_percent_not_stated' then baseline_value + target_value
        end as by_points
    from verdicts

),

final as (

    select
        kpi_code,
        area_code,
        year_start,
        source_dataset,
        source_vintage,
        case direction when 'increase' then greatest(by_percent, by_points) else least(by_percent, by_points) end
        / case unit when 'offences' then 12 else 1 end as target_level
    from levels

)

select * from final
