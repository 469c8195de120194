with feed as (

    {{ this_refresh('home_office_arrests_open_data') }}

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
        feed.financial_year,
        feed.offence_group,
        feed.ethnic_group,
        feed.age_group,
        feed.sex,
        nullif(feed.arrest_count, 'NA')::integer as arrest_count
    from feed
    left join forces on {{ published_key('feed.force_name') }} = forces.published_force_key

)

select * from final
