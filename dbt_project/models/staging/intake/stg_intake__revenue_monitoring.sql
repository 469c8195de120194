with feed as (

    {{ this_refresh('intake_revenue_monitoring') }}

),

authorities as (

    select *
    from {{ ref('ref_authority') }}
    where force_code = '{{ var("force_code") }}'

),

final as (

    select
        feed.source_dataset,
        feed.source_vintage,
        feed.vintage_order,
        feed.file_period_end,
        feed.is_generated,
        authorities.authority_code,
        feed.business_group,
        feed.line_code,
        feed.financial_year,
        feed.period,
        feed.budget_gbp,
        feed.actual_gbp,
        feed.forecast_gbp,
        feed.as_at_date
    from feed
    left join authorities
        on feed.as_at_date between authorities.valid_from and coalesce(authorities.valid_to, 'infinity')

)

select * from final
