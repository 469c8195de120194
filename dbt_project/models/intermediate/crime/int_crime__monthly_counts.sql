{{ config(materialized='table') }}

with published as (

    select * from {{ ref('stg_met__borough_crime') }}

),

areas as (

    select * from {{ ref('ref_borough') }}

),

offences as (

    select distinct
        offence_code,
        offence_group,
        offence_subgroup
    from {{ ref('ref_offence_crosswalk') }}

),

-- Two published names may share a code. A release that covers part of London stays out of every total.
counts as (

    select
        source_dataset,
        source_vintage,
        vintage_order,
        is_generated,
        force_code,
        classification,
        area_code,
        offence_code,
        month,
        sum(offence_count)::bigint as offence_count
    from published
    where coverage = 'full'
    group by
        vintage_order,
        month,
        area_code,
        offence_code,
        source_dataset,
        source_vintage,
        is_generated,
        force_code,
        classification

),

final as (

    select
        counts.*,
        areas.area_name,
        areas.area_type,
        offences.offence_group,
        offences.offence_subgroup
    from counts
    inner join areas using (area_code)
    inner join offences using (offence_code)

)

select * from final
