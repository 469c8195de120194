with feed as (

    {{ this_refresh('mps_strength') }}

),

final as (

    select
        feed.source_dataset,
        feed.source_vintage,
        feed.vintage_order,
        feed.coverage,
        feed.is_generated,
        'metropolitan' as force_code,
        counted.worker_type,
        (date_trunc('month', feed.month) + interval '1 month - 1 day')::date as as_at_date,
        counted.fte
    from feed
    cross join
        lateral (
            values
            ('police_officer', feed.officers_fte),
            ('police_staff', feed.staff_fte),
            ('pcso', feed.pcso_fte)
        ) as counted (worker_type, fte)

)

select * from final
