with feed as (

    {{ this_refresh('intake_benefits') }}

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
        feed.benefit_code,
        trim(feed.benefit_name) as benefit_name,
        trim(feed.programme_name) as programme_name,
        trim(feed.owner) as owner,
        feed.period,
        feed.target_value,
        feed.realised_value,
        feed.unit
    from feed
    left join authorities
        on feed.period between authorities.valid_from and coalesce(authorities.valid_to, 'infinity')

)

select * from final
