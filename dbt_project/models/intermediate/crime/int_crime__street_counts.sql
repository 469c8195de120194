with street_rows as (

    select * from {{ ref('int_crime__street_rows') }}

),

outcomes as (

    select distinct crime_id from {{ ref('stg_police_uk__outcome') }}

),

final as (

    select
        street_rows.force_code,
        street_rows.lsoa_code,
        street_rows.crime_type,
        street_rows.month,
        count(*) as crime_count,
        count(*) filter (where street_rows.is_duplicate) as duplicate_rows,
        count(*) filter (where street_rows.is_repeated_crime) as repeated_crime_rows,
        count(*) filter (where street_rows.crime_id is null) as without_id_rows,
        count(outcomes.crime_id) as outcome_count,
        street_rows.coverage,
        street_rows.source_dataset,
        street_rows.source_vintage,
        street_rows.is_generated
    from street_rows
    left join outcomes using (crime_id)
    group by
        street_rows.force_code,
        street_rows.lsoa_code,
        street_rows.crime_type,
        street_rows.month,
        street_rows.coverage,
        street_rows.source_dataset,
        street_rows.source_vintage,
        street_rows.is_generated

)

select * from final
