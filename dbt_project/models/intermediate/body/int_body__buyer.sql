with buyers as (

    select * from {{ ref('int_procurement__buyer') }}

),

processes as (

    select * from {{ ref('stg_ocds__process') }}

),

police as (

    select * from {{ ref('int_body__police') }}

),

named as (

    select
        buyers.buyer_code,
        buyers.buyer_name,
        min(processes.source_dataset) as source_dataset,
        max(processes.source_vintage) as source_vintage,
        bool_or(processes.is_generated) as is_generated
    from buyers
    inner join processes using (ocid)
    where buyers.buyer_code <> 'unknown'
    group by buyers.buyer_code, buyers.buyer_name

),

final as (

    select
        named.buyer_code as body_code,
        named.buyer_name as body_name,
        'buyer' as body_kind,
        'none' as force_code,
        'unknown' as country,
        null as finance_code,
        null as note,
        named.source_dataset,
        named.source_vintage,
        named.is_generated
    from named
    left join police on named.buyer_code = police.body_code
    where police.body_code is null

)

select * from final
