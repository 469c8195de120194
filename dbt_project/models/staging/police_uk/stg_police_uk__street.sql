with feed as (

    {{ this_refresh('police_uk_street') }}

),

final as (

    select
        feed.source_dataset,
        feed.source_vintage,
        feed.vintage_order,
        feed.coverage,
        feed.is_generated,
        feed.file_month,
        feed.force_code,
        feed.crime_id,
        feed.month,
        feed.reported_by,
        feed.falls_within,
        feed.longitude,
        feed.latitude,
        feed.location,
        feed.lsoa_code,
        feed.lsoa_name,
        feed.crime_type,
        feed.last_outcome,
        feed.context,
        feed._batch_id,
        feed._row_number
    from feed

)

select * from final
