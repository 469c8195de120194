with feed as (

    {{ this_refresh('intake_kpi_target') }}

),

final as (

    select
        feed.source_dataset,
        feed.source_vintage,
        feed.vintage_order,
        feed.file_period_end,
        feed.is_generated,
        '{{ var("force_code") }}' as force_code,
        feed.kpi_code,
        feed.financial_year,
        feed.target_value,
        feed.target_unit,
        feed.target_type,
        feed.direction,
        feed.set_on
    from feed

)

select * from final
