{{ config(indexes=[{'columns': ['month']}]) }}

with counts as (

    select * from {{ ref('int_crime__latest_ward_counts') }}

),

offences as (

    select distinct
        offence_code,
        offence_group,
        offence_subgroup
    from {{ ref('ref_offence_crosswalk') }}

),

areas as (

    select * from {{ ref('int_geography__wards') }}

),

noted as (

    select * from {{ ref('int_crime__noted_months') }}

),

misplaced as (

    select distinct
        source_dataset,
        source_vintage,
        month,
        ward_code
    from {{ ref('int_crime__misplaced_wards') }}

),

final as (

    select
        counts.ward_code,
        counts.offence_code,
        counts.month,
        areas.area_name as ward_name,
        areas.borough_code,
        offences.offence_group,
        offences.offence_subgroup,
        counts.offence_count,
        counts.classification,
        concat_ws('.', counts.classification, breaks.break_code) as series_code,
        case
            when misplaced.ward_code is not null then 'outside_the_borough'
            else coalesce(noted.note_code, 'none')
        end as note_code,
        counts.source_dataset,
        counts.source_vintage,
        counts.is_generated
    from counts
    left join noted using (source_dataset, source_vintage, month)
    left join misplaced using (source_dataset, source_vintage, month, ward_code)
    inner join offences using (offence_code)
    inner join areas on counts.ward_code = areas.area_code
    left join {{ ref('int_crime__series_breaks') }} as breaks
        on
            counts.source_dataset = breaks.source_dataset
            and counts.month >= breaks.break_month
            and counts.month < breaks.next_break_month

)

select * from final
