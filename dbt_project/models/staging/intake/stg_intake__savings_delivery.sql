with feed as (

    {{ this_refresh('intake_savings_delivery') }}

),

authorities as (

    select *
    from {{ ref('ref_authority') }}
    where force_code = '{{ var("force_code") }}'

),

final as (

    select
        feed.source_dataset,
        feed.source_vintage,
        feed.vintage_order,
        feed.file_period_end,
        feed.is_generated,
        authorities.authority_code,
        feed.programme_code,
        feed.financial_year,
        feed.time_basis,
        feed.delivered_gbp,
        feed.forecast_gbp,
        feed.as_at_date,
        trim(feed.note) as note
    from feed
    left join authorities
        on feed.as_at_date between authorities.valid_from and coalesce(authorities.valid_to, 'infinity')

)

select * from final
