with authorities as (

    select * from {{ ref('ref_authority') }}

),

final as (

    select
        authority_code,
        authority_name,
        force_code,
        valid_from,
        valid_to,
        lead(authority_code) over (partition by force_code order by valid_from) as successor_code,
        basis,
        note,
        false as is_generated
    from authorities

    union all

    {{ dimension_members({
        'authority_code': 'code',
        'authority_name': 'label',
        'force_code': 'code',
        'valid_from': 'null',
        'valid_to': 'null',
        'successor_code': 'null',
        'basis': "'reference'",
        'note': 'null',
        'is_generated': 'false',
    }) }}

)

select * from final
