with feed as (

    {{ this_refresh('population') }}

),

bases as (

    select * from {{ ref('ref_population_basis') }}

),

final as (

    select
        feed.source_dataset,
        feed.source_vintage,
        feed.vintage_order,
        feed.coverage,
        feed.is_generated,
        extract(year from feed.file_period_end)::integer as last_known_year,
        feed.area_code,
        feed.area_name as published_name,
        extract(year from feed.year)::integer as population_year,
        bases.basis,
        bases.basis_order,
        feed.population
    from feed
    left join bases on feed.basis = bases.published_basis

)

select * from final
