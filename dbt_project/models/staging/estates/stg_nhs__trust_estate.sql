with feed as (

    select * from {{ source('raw', 'nhs_estate_return_trust') }}

),

refresh_inputs as (

    select * from {{ source('audit', 'refresh_input') }}

),

final as (

    select
        refresh_inputs.dataset as source_dataset,
        refresh_inputs.vintage as source_vintage,
        refresh_inputs.vintage_order,
        refresh_inputs.is_generated,
        {{ financial_year_name(financial_year_start('refresh_inputs.period_end')) }} as financial_year,
        feed.organisation_code,
        trim(feed.organisation_name) as organisation_name,
        feed.organisation_type,
        feed.gross_area_sqm,
        feed.occupied_area_sqm,
        feed.footprint_sqm,
        max(refresh_inputs.vintage_order) over (partition by refresh_inputs.period_end) as last_order
    from refresh_inputs
    inner join feed on refresh_inputs.batch_id = feed._batch_id
    where refresh_inputs.refresh_id = '{{ refresh_id() }}'

)

select * from final
where vintage_order = last_order
