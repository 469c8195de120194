with feed as (

    {{ this_refresh('mps_lsoa_crime') }}

),

classifications as (

    select * from {{ ref('ref_offence_classification') }}

),

crosswalk as (

    select * from {{ ref('ref_offence_crosswalk') }}

),

published as (

    select
        feed.source_dataset,
        feed.source_vintage,
        feed.vintage_order,
        feed.layout,
        feed.coverage,
        feed.is_generated,
        classifications.classification,
        feed.lsoa_code,
        feed.lsoa_name,
        feed.borough_code,
        {{ published_key('feed.offence_group') }} as published_group_key,
        {{ published_key('feed.offence_subgroup') }} as published_subgroup_key,
        feed.month,
        feed.offence_count
    from feed
    left join classifications on {{ classifies_release('classifications', 'feed') }}

),

final as (

    select
        published.*,
        crosswalk.offence_code
    from published
    left join crosswalk using (classification, published_group_key, published_subgroup_key)

)

select * from final
