{{ config(materialized='table') }}

with years as (

    select * from {{ ref('int_crime__latest_years') }}

),

counts as (

    select * from {{ ref('int_crime__latest_ward_counts') }}

),

wards as (

    select * from {{ ref('int_geography__wards') }}

),

misplaced as (

    select * from {{ ref('int_crime__misplaced_wards') }}

),

offences as (

    select distinct
        offence_code,
        offence_group
    from {{ ref('ref_offence_crosswalk') }}

),

violence_groups as (

    select * from {{ ref('ref_kpi_offence_group') }}
    where kpi_code = 'KPI1'

),

-- The ward table counts the same offences as the borough table, and goes on where that one has ended.
yearly as (

    select
        counts.source_dataset,
        wards.borough_code as area_code,
        {{ financial_year_start('counts.month') }} as year_start,
        {{ yearly_counts() }}
    from counts
    inner join wards on counts.ward_code = wards.area_code
    inner join offences using (offence_code)
    left join violence_groups using (classification, offence_group)
    where wards.borough_code is not null
    group by counts.source_dataset, wards.borough_code, year_start
    having count(distinct counts.month) = 12

),

-- Whose a misplaced ward's offences are, nobody knows: neither borough has the year.
final as (

    select
        years.*,
        yearly.area_code,
        yearly.offence_count,
        yearly.violence_count
    from years
    inner join yearly using (source_dataset, year_start)
    left join misplaced
        on
            years.source_dataset = misplaced.source_dataset
            and years.year_start = {{ financial_year_start('misplaced.month') }}
            and yearly.area_code in (misplaced.borough_code, misplaced.published_borough_code)
    where misplaced.month is null

)

select * from final
