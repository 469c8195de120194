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

    select * from {{ ref('int_geography__crime_areas') }}

),

breaks as (

    select
        *,
        lead(break_month, 1, 'infinity') over (partition by source_dataset order by break_month) as next_break_month
    from {{ ref('ref_series_break') }}

),

final as (

    select
        counts.area_code,
        counts.area_type,
        counts.offence_code,
        counts.month,
        areas.area_name,
        counts.borough_code,
        offences.offence_group,
        offences.offence_subgroup,
        counts.offence_count,
        counts.classification,
        concat_ws('.', counts.classification, breaks.break_code) as series_code,
        counts.source_dataset,
        counts.source_vintage,
        counts.is_generated
    from counts
    inner join areas using (area_code)
    inner join offences using (offence_code)
    left join breaks
        on
            counts.source_dataset = breaks.source_dataset
            and counts.month >= breaks.break_month
            and counts.month < breaks.next_break_month

)

select * from final
