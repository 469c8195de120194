{{ config(materialized='table') }}

with published as (

    select * from {{ ref('stg_police_uk__street') }}

),

standing_files as (

    {{ standing_files('published') }}

),

-- Rows repeat: without an id they may be different events at one snapped point, with one they are the same crime.
final as (

    select
        published.source_dataset,
        published.source_vintage,
        published.coverage,
        published.is_generated,
        published.force_code,
        published.month,
        published.crime_id,
        coalesce(published.lsoa_code, 'unknown') as lsoa_code,
        published.crime_type,
        row_number() over (
            partition by
                published._batch_id, published.crime_id, published.reported_by, published.falls_within,
                published.longitude, published.latitude, published.location, published.lsoa_code,
                published.crime_type, published.last_outcome, published.context
            order by published._row_number
        ) > 1 as is_duplicate,
        published.crime_id is not null and row_number() over (
            partition by published._batch_id, published.crime_id order by published._row_number
        ) > 1 as is_repeated_crime
    from published
    inner join standing_files using (_batch_id)

)

select * from final
