with noticed as (

    select * from {{ ref('stg_ocds__party') }}

),

named as (

    select * from {{ ref('stg_papers__contract') }}

),

paid as (

    select * from {{ ref('stg_bodies__payment') }}

),

mentions as (

    select
        party_role,
        published_name,
        published_scheme,
        published_register_id,
        'notice' as mentioned_in,
        is_generated
    from noticed
    union all
    select
        'supplier' as party_role,
        supplier_name as published_name,
        '' as published_scheme,
        '' as published_register_id,
        'paper' as mentioned_in,
        false as is_generated
    from named
    where supplier_name is not null
    union all
    select
        'supplier' as party_role,
        supplier_name as published_name,
        '' as published_scheme,
        '' as published_register_id,
        'payment' as mentioned_in,
        is_generated
    from paid
    union all
    select
        'buyer' as party_role,
        body_name as published_name,
        '' as published_scheme,
        '' as published_register_id,
        'payment' as mentioned_in,
        is_generated
    from paid

),

final as (

    select
        party_role,
        published_name,
        published_scheme,
        published_register_id,
        count(*) as mention_count,
        string_agg(distinct mentioned_in, ', ' order by mentioned_in) as mentioned_in,
        bool_or(is_generated) as is_generated
    from mentions
    group by party_role, published_name, published_scheme, published_register_id

)

select * from final
