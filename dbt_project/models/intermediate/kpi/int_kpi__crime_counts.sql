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

final as (

    select
        counts.area_code,
        kpi_groups.kpi_code,
        latest.*,
        counts.offence_count
    from counts
    inner join latest using (source_dataset, source_vintage, month, classification)
    left join kpi_groups using (classification, offence_group)

)

select * from final
