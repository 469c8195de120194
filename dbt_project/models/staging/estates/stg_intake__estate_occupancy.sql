with feed as (

    select * from {{ source('raw', 'intake_estate_occupancy') }}

),

refresh_inputs as (

    select * from {{ source('audit', 'refresh_input') }}

),

authorities as (

    select * from {{ ref('ref_authority') }}

),

final as (

    select
        refresh_inputs.dataset as source_dataset,
        refresh_inputs.vintage as source_vintage,
        refresh_inputs.vintage_order,
        refresh_inputs.period_end as file_period_end,
        refresh_inputs.is_generated,
        authorities.authority_code,
        feed.body_code,
        feed.asset_id,
        feed.capacity_count,
        feed.occupancy_count,
        trim(feed.shared_with) as shared_with,
        feed.shared_area_sqm,
        feed.as_at_date
    from refresh_inputs
    inner join feed on refresh_inputs.batch_id = feed._batch_id
    left join authorities
        on
            feed.body_code = authorities.force_code
            and feed.as_at_date between authorities.valid_from and coalesce(authorities.valid_to, 'infinity')
    where refresh_inputs.refresh_id = '{{ refresh_id() }}'

)

select * from final
