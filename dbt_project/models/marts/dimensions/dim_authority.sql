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

)

select * from final
