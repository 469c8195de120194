with feed as (

    select * from {{ source('raw', 'mps_lsoa_crime') }}

),

refresh_inputs as (

    select * from {{ source('audit', 'refresh_input') }}
    where refresh_id = '{{ refresh_id() }}' and dataset = 'mps_lsoa_crime'

),

classifications as (

    select * from {{ ref('ref_offence_classification') }}

),

crosswalk as (

    select * from {{ ref('ref_offence_crosswalk') }}

),

published as (

    select
        refresh_inputs.dataset as source_dataset,
        refresh_inputs.vintage as source_vintage,
        refresh_inputs.vintage_order,
        refresh_inputs.layout,
        refresh_inputs.coverage,
        refresh_inputs.is_generated,
        classifications.classification,
        feed.lsoa_code,
        feed.lsoa_name,
        feed.borough_code,
        {{ published_key('feed.offence_group') }} as published_group_key,
        {{ published_key('feed.offence_subgroup') }} as published_subgroup_key,
        feed.month,
        feed.offence_count
    from refresh_inputs
    inner join feed on refresh_inputs.batch_id = feed._batch_id
    left join classifications on {{ classifies_release('classifications', 'refresh_inputs') }}

),

final as (

    select
        published.*,
        crosswalk.offence_code
    from published
    left join crosswalk using (classification, published_group_key, published_subgroup_key)

)

select * from final
