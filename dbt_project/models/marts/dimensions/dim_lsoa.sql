with lsoas as (

    select * from {{ ref('int_geography__lsoas') }}

),

final as (

    select
        lsoa_code,
        coalesce(lsoa_name, lsoa_code) as lsoa_name,
        local_authority_code,
        local_authority_name,
        force_code,
        source_dataset,
        source_vintage,
        is_generated
    from lsoas

    union all

    select
        'unknown' as lsoa_code,
        'Unknown' as lsoa_name,
        'unknown' as local_authority_code,
        'Unknown' as local_authority_name,
        'unknown' as force_code,
        'none' as source_dataset,
        'none' as source_vintage,
        false as is_generated

)

select * from final
