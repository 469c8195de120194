{{ config(indexes=[{'columns': ['month']}]) }}

with counts as (

    select * from {{ ref('int_crime__latest_counts') }}

),

offences as (

    select distinct
        offence_code,
        offence_group,
        offence_subgroup
    from {{ ref('ref_offence_crosswalk') }}

),

areas as (

    select * from {{ ref('ref_borough') }}

),

noted as (

    select * from {{ ref('int_crime__noted_months') }}

),

breaks as (

    select * from {{ ref('int_crime__series_breaks') }}

),

final as (

    select
        counts.force_code,
        counts.borough_code,
        counts.offence_code,
        counts.month,
        areas.area_name as borough_name,
        areas.area_type,
        offences.offence_group,
        offences.offence_subgroup,
        counts.offence_count,
        counts.classification,
        concat_ws('.', counts.classification, breaks.break_code) as series_code,
        coalesce(noted.note_code, 'none') as note_code,
        counts.source_dataset,
        counts.source_vintage,
        counts.is_generated
    from counts
    inner join areas on counts.borough_code = areas.area_code
    inner join offences using (offence_code)
    left join noted using (source_dataset, source_vintage, month)
    left join breaks
        on
            counts.source_dataset = breaks.source_dataset
            and counts.month >= breaks.break_month
            and counts.month < breaks.next_break_month

)

select * from final
