with feed as (

    select * from {{ source('raw', 'intake_workforce_flow') }}

),

refresh_inputs as (

    select * from {{ source('audit', 'refresh_input') }}

),

final as (

    select
        refresh_inputs.dataset as source_dataset,
        refresh_inputs.vintage as source_vintage,
        refresh_inputs.vintage_order,
        refresh_inputs.period_end as file_period_end,
        refresh_inputs.is_generated,
        '{{ var("force_code") }}' as force_code,
        feed.worker_type,
        feed.financial_year,
        feed.direction,
        feed.headcount,
        feed.fte
    from refresh_inputs
    inner join feed on refresh_inputs.batch_id = feed._batch_id
    where refresh_inputs.refresh_id = '{{ refresh_id() }}'

)

select * from final
