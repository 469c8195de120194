with feed as (

    {{ this_refresh('home_office_breath_tests') }}

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
        extract(year from feed.year)::integer as calendar_year,
        feed.month_name,
        feed.result,
        nullif(feed.test_count, 'NA')::integer as test_count,
        nullif(feed.result_count, 'NA')::integer as result_count
    from feed
    left join forces on {{ published_key('feed.force_name') }} = forces.published_force_key

)

select * from final
