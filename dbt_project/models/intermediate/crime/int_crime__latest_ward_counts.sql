with counts as (

    select * from {{ ref('int_crime__ward_counts') }}

),

vintage_months as (

    select * from {{ ref('int_crime__ward_vintage_months') }}

),

-- A ward that a release puts into two boroughs is one ward all the same.
final as (

    select
        counts.area_code as ward_code,
        counts.offence_code,
        counts.month,
        sum(counts.offence_count)::bigint as offence_count,
        counts.classification,
        counts.source_dataset,
        counts.source_vintage,
        counts.is_generated
    from counts
    inner join vintage_months using (source_dataset, source_vintage, month)
    where vintage_months.is_latest
    group by
        counts.area_code, counts.offence_code, counts.month, counts.classification, counts.source_dataset,
        counts.source_vintage, counts.is_generated

)

select * from final
