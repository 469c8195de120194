with listed as (

    select
        contracts.*,
        register.buyer_code as body_code
    from {{ ref('stg_bodies__contract') }} as contracts
    inner join {{ ref('int_procurement__register_list') }} as register on contracts.contract_code = register.ocid

),

names as (

    select * from {{ ref('int_procurement__party_name') }}
    where party_role = 'buyer'

),

-- Who buys and who pays. What kind of body it is, only the list of those with files of their own says.
named as (

    select
        buyers.buyer_code as body_code,
        'buyer' as body_kind,
        'unknown' as country,
        processes.source_dataset,
        processes.source_vintage,
        processes.is_generated,
        2 as preference
    from {{ ref('int_procurement__buyer') }} as buyers
    inner join {{ ref('stg_ocds__process') }} as processes using (ocid)
    union all
    select distinct
        body_code,
        body_kind,
        country,
        source_dataset,
        source_vintage,
        is_generated,
        1 as preference
    from {{ ref('int_procurement__payment') }}
    union all
    select
        body_code,
        body_kind,
        country,
        source_dataset,
        source_vintage,
        is_generated,
        1 as preference
    from listed

),

final as (

    select
        named.body_code,
        names.party_name as body_name,
        (array_agg(named.body_kind order by named.preference))[1] as body_kind,
        'none' as force_code,
        (array_agg(named.country order by named.preference))[1] as country,
        null as finance_code,
        null as note,
        min({{ by_letters('named.source_dataset') }}) as source_dataset,
        max({{ by_letters('named.source_vintage') }}) as source_vintage,
        bool_or(named.is_generated) as is_generated
    from named
    inner join names on named.body_code = names.party_code
    left join {{ ref('int_body__police') }} as police using (body_code)
    where named.body_code <> 'unknown' and police.body_code is null
    group by named.body_code, names.party_name

)

select * from final
