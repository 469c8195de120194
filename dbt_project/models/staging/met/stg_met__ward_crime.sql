with feed as (

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

-- A published row has a cell for every month: its texts are matched once, at the release's first month.
published_rows as (

    select
        refresh_inputs.dataset as source_dataset,
        refresh_inputs.vintage as source_vintage,
        refresh_inputs.vintage_order,
        refresh_inputs.layout,
        refresh_inputs.coverage,
        refresh_inputs.is_generated,
        classifications.classification,
        feed._batch_id,
        feed._row_number,
        feed.ward_code,
        feed.ward_name,
        {{ published_key('feed.borough_name') }} as published_area_key,
        {{ published_key('feed.offence_group') }} as published_group_key,
        {{ published_key('feed.offence_subgroup') }} as published_subgroup_key
    from refresh_inputs
    inner join feed on refresh_inputs.batch_id = feed._batch_id and refresh_inputs.period_start = feed.month
    left join classifications on {{ classifies_release('classifications', 'refresh_inputs') }}

),

final as (

    select
        published_rows.*,
        area_aliases.area_code as borough_code,
        crosswalk.offence_code,
        feed.month,
        feed.offence_count
    from published_rows
    inner join feed using (_batch_id, _row_number)
    left join area_aliases using (published_area_key)
    left join crosswalk using (classification, published_group_key, published_subgroup_key)

)

select * from final
