with feed as (

    select * from {{ source('raw', 'police_uk_outcomes') }}

),

refresh_inputs as (

    select * from {{ source('audit', 'refresh_input') }}
    where refresh_id = '{{ refresh_id() }}' and dataset = 'police_uk_outcomes'

),

final as (

    select
        refresh_inputs.dataset as source_dataset,
        refresh_inputs.vintage as source_vintage,
        refresh_inputs.vintage_order,
        refresh_inputs.coverage,
        refresh_inputs.is_generated,
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
        feed.outcome_type,
        feed._batch_id,
        feed._row_number
    from refresh_inputs
    inner join feed on refresh_inputs.batch_id = feed._batch_id

)

select * from final
