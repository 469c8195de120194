with feed as (

    {{ this_refresh('intake_estate_running_cost') }}

),

authorities as (

    select * from {{ ref('ref_authority') }}

),

final as (

    select
        feed.source_dataset,
        feed.source_vintage,
        feed.vintage_order,
        feed.file_period_end,
        feed.is_generated,
        authorities.authority_code,
        feed.body_code,
        feed.asset_id,
        feed.financial_year,
        feed.running_cost_gbp,
        feed.as_at_date
    from feed
    left join authorities
        on
            feed.body_code = authorities.force_code
            and feed.as_at_date between authorities.valid_from and coalesce(authorities.valid_to, 'infinity')

)

select * from final
