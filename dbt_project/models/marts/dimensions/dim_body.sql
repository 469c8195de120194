with police as (

    select * from {{ ref('int_body__police') }}

),

buyers as (

    select * from {{ ref('int_body__buyer') }}

),

final as (

    select
        body_code,
        body_name,
        body_kind,
        force_code,
        country,
        finance_code,
        note,
        source_dataset,
        source_vintage,
        is_generated
    from police

    union all

    select
        body_code,
        body_name,
        body_kind,
        force_code,
        country,
        finance_code,
        note,
        source_dataset,
        source_vintage,
        is_generated
    from buyers

    union all

    select
        'all_forces' as body_code,
        'All police forces' as body_name,
        'all_forces' as body_kind,
        'none' as force_code,
        'England and Wales' as country,
        null as finance_code,
        'What a paper says of the whole country; not the sum of the bodies' as note,
        'none' as source_dataset,
        'none' as source_vintage,
        false as is_generated

    union all

    {{ dimension_members({
        'body_code': 'code',
        'body_name': 'label',
        'body_kind': 'code',
        'force_code': 'code',
        'country': 'code',
        'finance_code': 'null',
        'note': 'null',
        'source_dataset': "'none'",
        'source_vintage': "'none'",
        'is_generated': 'false',
    }) }}

)

select * from final
