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

systems as (

    select
        recording_system,
        coalesce(first_month, '-infinity') as first_month,
        lead(first_month, 1, 'infinity') over (order by first_month nulls first) as next_first_month
    from {{ ref('ref_recording_system') }}

),

final as (

    select
        counts.area_code,
        counts.area_type,
        counts.offence_code,
        counts.month,
        counts.area_name,
        counts.borough_code,
        offences.offence_group,
        offences.offence_subgroup,
        counts.offence_count,
        counts.classification,
        systems.recording_system,
        counts.source_dataset,
        counts.source_vintage,
        counts.is_generated
    from counts
    inner join offences using (offence_code)
    inner join systems on counts.month >= systems.first_month and counts.month < systems.next_first_month

)

select * from final
