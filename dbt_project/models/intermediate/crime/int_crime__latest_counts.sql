with counts as (

    select * from {{ ref('int_crime__monthly_counts') }}

),

vintage_months as (

    select * from {{ ref('int_crime__vintage_months') }}

),

-- The latest release of a month replaces the older ones whole: mixing releases would count some offences twice.
final as (

    select
        counts.force_code,
        counts.area_code as borough_code,
        counts.offence_code,
        counts.month,
        counts.offence_count,
        counts.classification,
        counts.source_dataset,
        counts.source_vintage,
        counts.is_generated
    from counts
    inner join vintage_months using (source_dataset, source_vintage, month)
    where vintage_months.is_latest

)

select * from final
