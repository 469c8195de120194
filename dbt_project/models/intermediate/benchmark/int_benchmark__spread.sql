{%- set release = 'measure_code, year, source_dataset, source_vintage' -%}
with figures as (

    select * from {{ ref('int_benchmark__noted') }}
    where is_compared

),

middles as (

    select
        {{ release }},
        percentile_cont(0.5) within group (order by value)::numeric as median_value,
        sum(numerator) / nullif(sum(denominator), 0) as computed_national_value,
        count(*)::integer as reporting_forces
    from figures
    group by {{ release }}

),

distances as (

    select
        {{ release }},
        figures.force_code,
        figures.value,
        abs(figures.value - middles.median_value) as distance
    from figures
    inner join middles using ({{ release }})

),

-- A robust standard deviation: 1.4826 times the median distance from the median, which a few outliers do not move.
final as (

    select
        middles.*,
        1.4826 * percentile_cont(0.5) within group (order by distances.distance)::numeric as robust_deviation
    from middles
    inner join distances using ({{ release }})
    group by
        {{ release }}, middles.median_value, middles.computed_national_value, middles.reporting_forces

)

select * from final
