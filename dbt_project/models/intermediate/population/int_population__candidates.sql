with published as (

    select * from {{ ref('stg_ons__population') }}

),

areas as (

    select * from {{ ref('ref_borough') }}

),

months as (

    select * from {{ ref('int_calendar__months') }}

),

-- The middle of a calendar year lies in the financial year that starts in it.
wanted as (

    select distinct
        year_start,
        extract(year from year_start)::integer as wanted_year
    from months

),

candidates as (

    select
        areas.area_code,
        wanted.year_start,
        wanted.wanted_year,
        published.population_year,
        published.basis,
        published.basis_order,
        published.population,
        published.last_known_year,
        published.source_dataset,
        published.source_vintage,
        published.vintage_order,
        published.is_generated,
        max(published.population_year) filter (
            where published.basis <> 'projected' and published.population_year <= wanted.wanted_year
        ) over (partition by areas.area_code, wanted.wanted_year) as last_counted_year
    from published
    inner join areas using (area_code)
    cross join wanted
    where published.coverage = 'full'

),

final as (

    select
        *,
        case
            when basis = 'projected' and population_year <> wanted_year then null
            when basis = 'projected' and last_known_year < last_counted_year then null
            when basis = 'projected' then 'projected_for_the_year'
            when population_year = wanted_year then 'of_the_year'
            when population_year < wanted_year then 'latest_before'
            else 'earliest_after'
        end as rule_code
    from candidates

)

select * from final
