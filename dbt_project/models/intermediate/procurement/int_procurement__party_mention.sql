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

-- A paper, a payment and a body's own list of buyers give names and no numbers.
mentions as (

    {% for role, prefix, name, is_numbered, told_by, source, generated in [
        ('party_role', 'published', 'published_name', true, 'notice', 'noticed', 'is_generated'),
        ("'supplier'", 'supplier', 'supplier_name', true, 'register', 'listed', 'is_generated'),
        ("'buyer'", '', 'body_name', false, 'register', 'listed', 'is_generated'),
        ("'supplier'", '', 'supplier_name', false, 'paper', 'named', 'false'),
        ("'supplier'", '', 'supplier_name', false, 'payment', 'paid', 'is_generated'),
        ("'buyer'", '', 'body_name', false, 'payment', 'paid', 'is_generated'),
    ] %}
        select
            {{ role }} as party_role,
            {{ name }} as published_name,
            {{ prefix ~ '_scheme' if is_numbered else "''" }} as published_scheme,
            {{ prefix ~ '_register_id' if is_numbered else "''" }} as published_register_id,
            '{{ told_by }}' as mentioned_in,
            {{ generated }} as is_generated
        from {{ source }}
        {{ 'where ' ~ name ~ ' is not null' if not is_numbered }}
        {{ 'union all' if not loop.last }}
    {% endfor %}

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
