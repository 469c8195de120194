with feed as (

    select * from {{ source('raw', 'lookups') }}

),

refresh_inputs as (

    select * from {{ source('audit', 'refresh_input') }}
    where refresh_id = '{{ refresh_id() }}' and dataset = 'lookups'

),

-- In the table of 2025 a circumflex of a Welsh name was read in an old code page on its way: two characters for one.
final as (

    select
        refresh_inputs.dataset as source_dataset,
        refresh_inputs.vintage as source_vintage,
        refresh_inputs.vintage_order,
        refresh_inputs.layout,
        refresh_inputs.is_generated,
        feed.lsoa_code,
        trim(feed.lsoa_name) as lsoa_name,
        feed.ward_code,
        trim(feed.ward_name) as ward_name,
        feed.local_authority_code,
        trim(feed.local_authority_name) as local_authority_name,
        replace(feed.local_authority_name_welsh, '├┤', 'ô') as local_authority_name_welsh,
        feed.force_area_code,
        feed.force_area_name
    from refresh_inputs
    inner join feed on refresh_inputs.batch_id = feed._batch_id

)

select * from final
