with feed as (

    {{ this_refresh('mps_ward_crime') }}

),

every_release as (

    select * from {{ source('raw', 'mps_ward_crime') }}

),

classifications as (

    select * from {{ ref('ref_offence_classification') }}

),

crosswalk as (

    select * from {{ ref('ref_offence_crosswalk') }}

),

area_aliases as (

    select * from {{ ref('ref_area_alias') }}

),

-- A spelling is normalised once, not once a cell: hundreds of times fewer. Those of every release, since a feed that is
-- read twice would be set aside in between.
spellings as (

    select
        borough_name,
        offence_group,
        offence_subgroup,
        {{ published_key('borough_name') }} as published_area_key,
        {{ published_key('offence_group') }} as published_group_key,
        {{ published_key('offence_subgroup') }} as published_subgroup_key
    from every_release
    group by borough_name, offence_group, offence_subgroup

),

final as (

    select
        feed.source_dataset,
        feed.source_vintage,
        feed.vintage_order,
        feed.layout,
        feed.coverage,
        feed.is_generated,
        'metropolitan' as force_code,
        classifications.classification,
        feed.ward_code,
        feed.ward_name,
        spellings.published_area_key,
        spellings.published_group_key,
        spellings.published_subgroup_key,
        area_aliases.area_code as borough_code,
        crosswalk.offence_code,
        feed.month,
        feed.offence_count
    from feed
    inner join spellings using (borough_name, offence_group, offence_subgroup)
    left join classifications on {{ classifies_release('classifications', 'feed') }}
    left join area_aliases using (published_area_key)
    left join crosswalk using (classification, published_group_key, published_subgroup_key)

)

select * from final
