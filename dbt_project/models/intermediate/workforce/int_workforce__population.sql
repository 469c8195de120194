with populations as (

    select * from {{ ref('int_population__of_year') }}

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

-- With one district missing, everybody would seem to have more police.
final as (

    select
        districts.force_code,
        populations.year_start,
        sum(populations.population)::bigint as population
    from districts
    inner join populations using (area_code)
    inner join expected using (force_code)
    group by districts.force_code, populations.year_start, expected.district_count
    having count(*) = expected.district_count

)

select * from final
