with feed as (

    {{ this_refresh('police_grant') }}

),

aliases as (

    select * from {{ ref('ref_police_body_alias') }}

),

final as (

    select
        feed.source_dataset,
        feed.source_vintage,
        feed.vintage_order,
        feed.coverage,
        feed.is_generated,
        {{ financial_year_name('feed.file_period_start') }} as financial_year,
        feed.force_name as published_name,
        aliases.body_code,
        feed.grant_gbp,
        concat_ws(' > ', 'row ' || feed._row_number, feed.force_name) as citation
    from feed
    left join aliases
        on
            feed.source_dataset = aliases.dataset
            and {{ published_key('feed.force_name') }} = aliases.published_body_key

)

select * from final
