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
        'unknown',
        'Unknown',
        'unknown',
        'Unknown',
        'unknown',
        'none',
        'none',
        false

)

select * from final
