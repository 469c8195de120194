-- Read twice, and too large to be set aside between.
with feed as not materialized (

    select * from {{ source('raw', 'mps_ward_crime') }}

),

refresh_inputs as (

    select * from {{ source('audit', 'refresh_input') }}
    where refresh_id = '{{ refresh_id() }}' and dataset = 'mps_ward_crime'

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

-- A spelling is normalised once, not once a cell: hundreds of times fewer.
spellings as (

    select
        borough_name,
        offence_group,
        offence_subgroup,
        {{ published_key('borough_name') }} as published_area_key,
        {{ published_key('offence_group') }} as published_group_key,
        {{ published_key('offence_subgroup') }} as published_subgroup_key
    from feed
    group by borough_name, offence_group, offence_subgroup

),

final as (

    select
        refresh_inputs.dataset as source_dataset,
        refresh_inputs.vintage as source_vintage,
        refresh_inputs.vintage_order,
        refresh_inputs.layout,
        refresh_inputs.coverage,
        refresh_inputs.is_generated,
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
    from refresh_inputs
    inner join feed on refresh_inputs.batch_id = feed._batch_id
    inner join spellings using (borough_name, offence_group, offence_subgroup)
    left join classifications on {{ classifies_release('classifications', 'refresh_inputs') }}
    left join area_aliases using (published_area_key)
    left join crosswalk using (classification, published_group_key, published_subgroup_key)

)

select * from final
