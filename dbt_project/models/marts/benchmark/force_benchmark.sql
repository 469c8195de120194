with figures as (

    select * from {{ ref('int_benchmark__noted') }}

),

spread as (

    select * from {{ ref('int_benchmark__spread') }}

),

similar_values as (

    select * from {{ ref('int_benchmark__similar_values') }}

),

settings as (

    select
        max(setting_value) filter (where setting_code = 'fewest_forces') as fewest_forces,
        max(setting_value) filter (where setting_code = 'deviations') as deviations
    from {{ ref('ref_benchmark_setting') }}

),

final as (

    select
        figures.force_code,
        figures.measure_code,
        figures.year,
        figures.source_dataset,
        figures.source_vintage,
        forces.force_name,
        figures.measure_name,
        figures.unit,
        figures.better,
        figures.period_end,
        figures.population_year,
        round(figures.value, 4) as value,
        round(coalesce(figures.published_national_value, spread.computed_national_value), 4) as national_value,
        case
            when figures.published_national_value is not null then 'published'
            when spread.computed_national_value is not null then 'computed'
            else 'none'
        end as national_basis,
        round(similar_values.similar_group_value, 4) as similar_group_value,
        round(spread.median_value, 4) as median_value,
        case
            when figures.is_compared and spread.reporting_forces > 1 then rank() over (
                partition by
                    figures.measure_code, figures.year, figures.source_dataset, figures.source_vintage,
                    figures.is_compared
                order by figures.value desc
            )::integer
        end as rank_among_reporting,
        coalesce(spread.reporting_forces, 0) as reporting_forces,
        case
            when not figures.is_compared or spread.reporting_forces < settings.fewest_forces then 'not_judged'
            when figures.value > spread.median_value + settings.deviations * spread.robust_deviation then 'high'
            when figures.value < spread.median_value - settings.deviations * spread.robust_deviation then 'low'
            else 'none'
        end as signal,
        figures.missing_reason,
        figures.note_code,
        figures.is_generated
    from figures
    cross join settings
    inner join {{ ref('dim_force') }} as forces using (force_code)
    left join spread using (measure_code, year, source_dataset, source_vintage)
    left join similar_values using (force_code, measure_code, year, source_dataset, source_vintage)

)

select * from final
