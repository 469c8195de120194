with feed as (

    select * from {{ source('raw', 'mps_strength') }}

),

refresh_inputs as (

    select * from {{ source('audit', 'refresh_input') }}

),

final as (

    select
        refresh_inputs.dataset as source_dataset,
        refresh_inputs.vintage as source_vintage,
        refresh_inputs.vintage_order,
        refresh_inputs.coverage,
        refresh_inputs.is_generated,
        'metropolitan' as force_code,
        counted.worker_type,
        (date_trunc('month', feed.month) + interval '1 month - 1 day')::date as as_at_date,
        counted.fte
    from refresh_inputs
    inner join feed on refresh_inputs.batch_id = feed._batch_id
    cross join
        lateral (
            values
            ('police_officer', feed.officers_fte),
            ('police_staff', feed.staff_fte),
            ('pcso', feed.pcso_fte)
        ) as counted (worker_type, fte)
    where refresh_inputs.refresh_id = '{{ refresh_id() }}'

)

select * from final
