with feed as (

    {{ this_refresh('home_office_stop_search_open_data') }}

),

forces as (

    select * from {{ ref('ref_force_alias') }}

),

final as (

    select
        feed.source_dataset,
        feed.source_vintage,
        feed.vintage_order,
        feed.coverage,
        feed.is_generated,
        feed.force_name as published_name,
        forces.force_code,
        {{ financial_year_name(financial_year_start('feed.year_end')) }} as financial_year,
        feed.legislation,
        feed.search_reason,
        feed.ethnic_group,
        feed.ethnicity,
        nullif(feed.search_count, 'NA')::integer as search_count
    from feed
    left join forces on {{ published_key('feed.force_name') }} = forces.published_force_key

)

select * from final
