with counts as (

    select * from {{ ref('int_crime__monthly_counts') }}

),

latest as (

    select * from {{ ref('int_crime__series') }}
    where is_latest

),

kpi_groups as (

    select * from {{ ref('ref_kpi_offence_group') }}

),

counted as (

    select
        counts.source_dataset,
        counts.source_vintage,
        counts.month,
        counts.area_code,
        kpi_groups.kpi_code,
        sum(counts.offence_count) as offence_count
    from counts
    inner join latest using (source_dataset, source_vintage, month, classification)
    left join kpi_groups using (classification, offence_group)
    group by
        counts.source_dataset, counts.source_vintage, counts.month, counts.area_code, kpi_groups.kpi_code

),

places as (

    select distinct
        source_dataset,
        source_vintage,
        area_code
    from counted

),

kpis as (

    select distinct
        kpi_code,
        classification
    from kpi_groups

),

-- Releases leave out what is zero throughout: an area that is in a release has none of what it lacks.
grid as (

    select
        places.area_code,
        kpis.kpi_code,
        latest.*
    from latest
    inner join places using (source_dataset, source_vintage)
    inner join kpis using (classification)

),

final as (

    select
        grid.*,
        coalesce(counted.offence_count, 0) as offence_count
    from grid
    left join counted using (source_dataset, source_vintage, month, area_code, kpi_code)

)

select * from final
