with feed as (

    {{ this_refresh('intake_workforce_flow') }}

),

final as (

    select
        feed.source_dataset,
        feed.source_vintage,
        feed.vintage_order,
        feed.file_period_end,
        feed.is_generated,
        '{{ var("force_code") }}' as force_code,
        feed.worker_type,
        feed.financial_year,
        feed.direction,
        feed.headcount,
        feed.fte
    from feed

)

select * from final
