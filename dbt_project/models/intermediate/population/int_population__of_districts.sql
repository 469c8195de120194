with populations as (

    select * from {{ ref('int_population__of_year') }}

),

rules as (

    select * from {{ ref('ref_population_rule') }}

),

districts as (

    select * from {{ ref('ref_borough') }}
    where area_code like 'E09%'

),

expected as (

    select
        force_code,
        count(*) as district_count
    from districts
    group by force_code

),

-- With one district missing, everybody would seem to have more police. The sum is no better than its weakest part.
final as (

    select
        districts.force_code,
        populations.year_start,
        sum(populations.population)::bigint as population,
        min(populations.population_year) as population_year,
        max(rules.rule_order) as rule_order,
        'population' as source_dataset,
        string_agg(
            distinct {{ by_letters('populations.source_vintage') }},
            ', ' order by {{ by_letters('populations.source_vintage') }}
        ) as source_vintage,
        bool_or(populations.is_generated) as is_generated
    from districts
    inner join populations using (area_code)
    inner join rules using (rule_code)
    inner join expected using (force_code)
    group by districts.force_code, populations.year_start, expected.district_count
    having count(*) = expected.district_count

)

select * from final
