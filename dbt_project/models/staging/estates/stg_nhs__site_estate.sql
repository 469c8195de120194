with feed as (

    {{ this_refresh('nhs_estate_return_site') }}

),

final as (

    select
        feed.source_dataset,
        feed.source_vintage,
        feed.vintage_order,
        feed.is_generated,
        {{ financial_year_name(financial_year_start('feed.file_period_end')) }} as financial_year,
        feed.organisation_code,
        trim(feed.organisation_name) as organisation_name,
        feed.site_code,
        {{ one_line('feed.site_name') }} as site_name,
        feed.gross_area_sqm,
        feed.occupied_area_sqm,
        feed.footprint_sqm,
        max(feed.vintage_order) over (partition by feed.file_period_end) as last_order
    from feed

)

select * from final
where vintage_order = last_order
