-- The intake of savings delivered and forecast joins here; until it does, nothing has been reported.
with final as (

    select
        null::text as programme_code,
        null::text as financial_year,
        null::text as time_basis,
        null::numeric as delivered_gbp,
        null::numeric as forecast_gbp,
        null::text as authority_code,
        null::text as source_dataset,
        null::text as source_vintage,
        null::boolean as is_generated
    where false

)

select * from final
