{{ config(materialized='table') }}

with counted as (

    select * from {{ ref('int_kpi__crime_counts') }}

),

latest as (

    select * from {{ ref('int_crime__series') }}
    where is_latest

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
    from {{ ref('ref_kpi_offence_group') }}

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

-- Added up with the noughts instead of joined to them: the planner takes so many keys for one row each.
final as (

    select
        area_code,
        kpi_code,
        source_dataset,
        source_vintage,
        month,
        classification,
        series_code,
        is_generated,
        sum(offence_count) as offence_count
    from (
        select *
        from counted
        where kpi_code is not null

        union all

        select
            *,
            0 as offence_count
        from grid
    ) as with_noughts
    group by
        area_code, kpi_code, source_dataset, source_vintage, month, classification, series_code, is_generated

)

select * from final
