with feed as (

    select * from {{ source('raw', 'council_tax_requirement') }}

),

refresh_inputs as (

    select * from {{ source('audit', 'refresh_input') }}

),

aliases as (

    select * from {{ ref('ref_police_body_alias') }}

),

-- Band D is set to the penny; where the workbook works it out for London, the cell holds more digits than were set.
final as (

    select
        refresh_inputs.dataset as source_dataset,
        refresh_inputs.vintage as source_vintage,
        refresh_inputs.vintage_order,
        refresh_inputs.coverage,
        refresh_inputs.is_generated,
        {{ financial_year_name('refresh_inputs.period_start') }} as financial_year,
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
    from refresh_inputs
    inner join feed on refresh_inputs.batch_id = feed._batch_id
    left join aliases
        on
            refresh_inputs.dataset = aliases.dataset
            and {{ published_key('feed.authority_name') }} = aliases.published_body_key
    where refresh_inputs.refresh_id = '{{ refresh_id() }}'

)

select * from final
