with feed as (

    {{ this_refresh('lookups') }}

),

-- In the table of 2025 a circumflex of a Welsh name was read in an old code page on its way: two characters for one.
final as (

    select
        feed.source_dataset,
        feed.source_vintage,
        feed.vintage_order,
        feed.layout,
        feed.is_generated,
        feed.lsoa_code,
        trim(feed.lsoa_name) as lsoa_name,
        feed.ward_code,
        trim(feed.ward_name) as ward_name,
        feed.local_authority_code,
        trim(feed.local_authority_name) as local_authority_name,
        replace(feed.local_authority_name_welsh, '├┤', 'ô') as local_authority_name_welsh,
        feed.force_area_code,
        feed.force_area_name
    from feed

)

select * from final
