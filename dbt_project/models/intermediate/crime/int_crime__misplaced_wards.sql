with counts as (

    select * from {{ ref('int_crime__ward_counts') }}

),

vintage_months as (

    select * from {{ ref('int_crime__ward_vintage_months') }}

),

wards as (

    select * from {{ ref('int_geography__wards') }}

),

-- The release puts the ward into a borough that it does not lie in: either the borough is wrong, or the ward.
final as (

    select distinct
        counts.source_dataset,
        counts.source_vintage,
        counts.month,
        counts.area_code as ward_code,
        wards.borough_code,
        counts.borough_code as published_borough_code
    from counts
    inner join vintage_months using (source_dataset, source_vintage, month)
    inner join wards on counts.area_code = wards.area_code
    where vintage_months.is_latest and counts.borough_code <> wards.borough_code

)

select * from final
