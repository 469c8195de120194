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

-- A paper, a payment and a body's own list give names and no numbers.
by_name as (

    {% for role, name, told_by, source, generated in [
        ('supplier', 'supplier_name', 'paper', 'named', 'false'),
        ('supplier', 'supplier_name', 'payment', 'paid', 'is_generated'),
        ('buyer', 'body_name', 'payment', 'paid', 'is_generated'),
        ('buyer', 'body_name', 'register', 'listed', 'is_generated'),
    ] %}
        select
            '{{ role }}' as party_role,
            {{ name }} as published_name,
            '{{ told_by }}' as mentioned_in,
            {{ generated }} as is_generated
        from {{ source }}
        where {{ name }} is not null
        {{ 'union all' if not loop.last }}
    {% endfor %}

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
        supplier_scheme as published_scheme,
        supplier_register_id as published_register_id,
        'register' as mentioned_in,
        is_generated
    from listed
    union all
    select
        party_role,
        published_name,
        '' as published_scheme,
        '' as published_register_id,
        mentioned_in,
        is_generated
    from by_name

),

final as (

    select
        party_role,
        published_name,
        published_scheme,
        published_register_id,
        count(*) as mention_count,
        string_agg(distinct mentioned_in collate "C", ', ' order by mentioned_in collate "C") as mentioned_in,
        bool_or(is_generated) as is_generated
    from mentions
    group by party_role, published_name, published_scheme, published_register_id

)

select * from final
