with noticed as (

    select * from {{ ref('stg_ocds__party') }}

),

named as (

    select * from {{ ref('stg_papers__contract') }}

),

paid as (

    select * from {{ ref('stg_bodies__payment') }}

),

listed as (

    select * from {{ ref('stg_bodies__contract') }}

),

-- Who is a party by a name alone, and who by a number of a register too.
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
        supplier_scheme as published_scheme,
        supplier_register_id as published_register_id,
        'register' as mentioned_in,
        is_generated
    from listed
    union all
    select
        party.party_role,
        party.published_name,
        '' as published_scheme,
        '' as published_register_id,
        party.mentioned_in,
        party.is_generated
    from (
        select 'supplier', supplier_name, 'paper', false from named
        where supplier_name is not null
        union all
        select 'supplier', supplier_name, 'payment', is_generated from paid
        union all
        select 'buyer', body_name, 'payment', is_generated from paid
        union all
        select 'buyer', body_name, 'register', is_generated from listed
    ) as party (party_role, published_name, mentioned_in, is_generated)

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
