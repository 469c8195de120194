with feed as (

    select * from {{ source('raw', 'police_funding') }}

),

refresh_inputs as (

    select * from {{ source('audit', 'refresh_input') }}

),

aliases as (

    select * from {{ ref('ref_police_body_alias') }}

),

final as (

    select
        refresh_inputs.dataset as source_dataset,
        refresh_inputs.vintage as source_vintage,
        refresh_inputs.vintage_order,
        refresh_inputs.coverage,
        refresh_inputs.is_generated,
        {{ financial_year_name('refresh_inputs.period_start') }} as financial_year,
        feed.force_name as published_name,
        aliases.body_code,
        feed.force_name ilike 'total%' as is_national_total,
        1000000 * feed.government_funding_gbp_million as government_funding_gbp,
        1000000 * feed.precept_gbp_million as precept_gbp,
        1000000 * feed.total_funding_gbp_million as total_funding_gbp,
        concat_ws(' > ', feed._sheet, 'row ' || feed._row_number, feed.force_name) as citation
    from refresh_inputs
    inner join feed on refresh_inputs.batch_id = feed._batch_id
    left join aliases
        on
            refresh_inputs.dataset = aliases.dataset
            and {{ published_key('feed.force_name') }} = aliases.published_body_key
    where refresh_inputs.refresh_id = '{{ refresh_id() }}'

)

select * from final
