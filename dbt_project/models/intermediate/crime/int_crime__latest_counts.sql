with borough_counts as (

    select * from {{ ref('int_crime__monthly_counts') }}

),

borough_vintage_months as (

    select * from {{ ref('int_crime__vintage_months') }}

),

ward_counts as (

    select * from {{ ref('int_crime__ward_counts') }}

),

ward_vintage_months as (

    select * from {{ ref('int_crime__ward_vintage_months') }}

),

-- The latest release of a month replaces the older ones whole: mixing releases would count some offences twice.
latest_boroughs as (

    select
        borough_counts.area_code,
        borough_counts.area_type,
        borough_counts.offence_code,
        borough_counts.month,
        borough_counts.area_name,
        borough_counts.area_code as borough_code,
        borough_counts.offence_count,
        borough_counts.classification,
        borough_counts.source_dataset,
        borough_counts.source_vintage,
        borough_counts.is_generated
    from borough_counts
    inner join borough_vintage_months using (source_dataset, source_vintage, month)
    where borough_vintage_months.is_latest

),

latest_wards as (

    select
        ward_counts.area_code,
        ward_counts.area_type,
        ward_counts.offence_code,
        ward_counts.month,
        ward_counts.area_name,
        ward_counts.borough_code,
        ward_counts.offence_count,
        ward_counts.classification,
        ward_counts.source_dataset,
        ward_counts.source_vintage,
        ward_counts.is_generated
    from ward_counts
    inner join ward_vintage_months using (source_dataset, source_vintage, month)
    where ward_vintage_months.is_latest

),

final as (

    select * from latest_boroughs
    union all
    select * from latest_wards

)

select * from final
