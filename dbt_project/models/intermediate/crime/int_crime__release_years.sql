{{ config(materialized='table') }}

with years as (

    select * from {{ ref('int_crime__whole_years') }}

),

counts as (

    select * from {{ ref('int_crime__monthly_counts') }}

),

violence_groups as (

    select * from {{ ref('ref_kpi_offence_group') }}
    where kpi_code = 'KPI1'

),

yearly as (

    select
        counts.source_dataset,
        counts.source_vintage,
        counts.area_code,
        {{ financial_year_start('counts.month') }} as year_start,
        {{ yearly_counts() }}
    from counts
    left join violence_groups using (classification, offence_group)
    group by counts.source_dataset, counts.source_vintage, counts.area_code, year_start

),

final as (

    select
        years.*,
        yearly.area_code,
        yearly.offence_count,
        yearly.violence_count
    from years
    inner join yearly using (source_dataset, source_vintage, year_start)

)

select * from final
