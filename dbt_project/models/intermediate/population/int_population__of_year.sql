with candidates as (

    select * from {{ ref('int_population__candidates') }}

),

rules as (

    select * from {{ ref('ref_population_rule') }}

),

final as (

    select distinct on (candidates.area_code, candidates.year_start)
        candidates.*,
        rules.description as rule_description
    from candidates
    inner join rules using (rule_code)
    order by
        candidates.area_code asc,
        candidates.year_start asc,
        rules.rule_order asc,
        abs(candidates.population_year - candidates.wanted_year) asc,
        candidates.basis_order asc,
        candidates.vintage_order desc

)

select * from final
