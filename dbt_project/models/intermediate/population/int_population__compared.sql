with candidates as (

    select * from {{ ref('int_population__force_candidates') }}

),

years as (

    select
        year_start,
        population_year,
        min(rule_order) as rule_order,
        count(distinct force_code) as force_count
    from candidates
    group by year_start, population_year

),

-- One year for all: who has a later one than the others has other people, not fewer officers.
chosen as (

    select distinct on (year_start)
        year_start,
        population_year
    from years
    order by
        year_start asc,
        force_count desc,
        rule_order asc,
        abs(population_year - extract(year from year_start)) asc

),

-- Of that year an estimate comes before a projection, and then a force's districts before the table.
of_that_year as (

    select candidates.*
    from candidates
    inner join chosen using (year_start, population_year)

),

final as (

    select distinct on (force_code, year_start) *
    from of_that_year
    order by force_code asc, year_start asc, rule_order asc, preference asc

)

select * from final
