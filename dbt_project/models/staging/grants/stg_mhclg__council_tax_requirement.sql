with feed as (

    {{ this_refresh('council_tax_requirement') }}

),

aliases as (

    select * from {{ ref('ref_police_body_alias') }}

),

-- Band D is set to the penny; where the workbook works it out for London, the cell holds more digits than were set.
final as (

    select
        feed.source_dataset,
        feed.source_vintage,
        feed.vintage_order,
        feed.coverage,
        feed.is_generated,
        {{ financial_year_name('feed.file_period_start') }} as financial_year,
        feed.authority_code as published_code,
        trim(feed.authority_name) as published_name,
        feed.authority_class,
        aliases.body_code,
        feed.revision_mark is not null as is_revised,
        feed.requirement_gbp,
        feed.previous_requirement_gbp,
        feed.tax_base,
        feed.previous_tax_base,
        round(feed.band_d_gbp, 2) as band_d_gbp,
        round(feed.previous_band_d_gbp, 2) as previous_band_d_gbp,
        concat_ws(' > ', feed._sheet, 'row ' || feed._row_number, trim(feed.authority_name)) as citation
    from feed
    left join aliases
        on
            feed.source_dataset = aliases.dataset
            and {{ published_key('feed.authority_name') }} = aliases.published_body_key

)

select * from final
