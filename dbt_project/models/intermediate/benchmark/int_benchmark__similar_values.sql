{%- set release = 'measure_code, year, source_dataset, source_vintage' -%}
with similar_forces as (

    select * from {{ ref('int_benchmark__similar_force') }}

),

figures as (

    select * from {{ ref('int_benchmark__noted') }}
    where is_compared

),

-- A mean of a part of the group would be that of another group: all of them report, or there is none.
final as (

    select
        named.force_code,
        {{ release }},
        avg(figures.value) as similar_group_value
    from similar_forces as named
    inner join figures on named.similar_force_code = figures.force_code
    group by named.force_code, {{ release }}
    having count(*) = (
        select count(*) from similar_forces as whole_group
        where whole_group.force_code = named.force_code
    )

)

select * from final
