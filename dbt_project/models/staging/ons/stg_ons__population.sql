with feed as (

    select * from {{ source('raw', 'population') }}

),

refresh_inputs as (

    select * from {{ source('audit', 'refresh_input') }}

),

bases as (

    select * from {{ ref('ref_population_basis') }}

),

final as (

    select
        refresh_inputs.dataset as source_dataset,
        refresh_inputs.vintage as source_vintage,
        refresh_inputs.vintage_order,
        refresh_inputs.coverage,
        refresh_inputs.is_generated,
        extract(year from refresh_inputs.period_end)::integer as last_known_year,
        feed.area_code,
        feed.area_name as published_name,
        extract(year from feed.year)::integer as population_year,
        bases.basis,
        bases.basis_order,
        feed.population
    from refresh_inputs
    inner join feed on refresh_inputs.batch_id = feed._batch_id
    left join bases on feed.basis = bases.published_basis
    where refresh_inputs.refresh_id = '{{ refresh_id() }}'

)

select * from final
