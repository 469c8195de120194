with candidates as (

    select * from {{ ref('int_population__force_candidates') }}

),

-- The better year first; of one year a force's districts before the table.
final as (

    select distinct on (force_code, year_start) *
    from candidates
    order by
        force_code asc,
        year_start asc,
        rule_order asc,
        preference asc,
        abs(population_year - extract(year from year_start)) asc

)

select * from final
