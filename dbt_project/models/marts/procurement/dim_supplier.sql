with resolved as (

    select *
    from {{ ref('int_procurement__party') }}
    where party_role = 'supplier'

),

schemes as (

    select * from {{ ref('ref_party_scheme') }}

),

found as (

    select
        names.party_code as supplier_code,
        names.party_name as supplier_name,
        schemes.register_name,
        upper(regexp_replace(names.party_code, '^[a-z]+-', '')) as register_id,
        count(distinct resolved.published_name)::integer as spelling_count,
        sum(resolved.mention_count)::integer as mention_count,
        string_agg(distinct {{ by_letters('resolved.rule') }}, ', ' order by {{ by_letters('resolved.rule') }})
            as rules,
        bool_or(resolved.is_generated) as is_generated
    from resolved
    inner join {{ ref('int_procurement__party_name') }} as names using (party_role, party_code)
    left join schemes on split_part(names.party_code, '-', 1) = schemes.code_prefix
    where names.party_code <> 'unknown'
    group by names.party_code, names.party_name, schemes.register_name

),

final as (

    select
        supplier_code,
        supplier_name,
        coalesce(register_name, 'none') as register_name,
        case when register_name is null then 'none' else register_id end as register_id,
        spelling_count,
        mention_count,
        rules,
        is_generated
    from found
    union all
    select
        'several' as supplier_code,
        'Several suppliers' as supplier_name,
        'none' as register_name,
        'none' as register_id,
        0 as spelling_count,
        0 as mention_count,
        'none' as rules,
        false as is_generated

    union all

    {{ dimension_members({
        'supplier_code': 'code',
        'supplier_name': 'label',
        'register_name': "'none'",
        'register_id': "'none'",
        'spelling_count': '0',
        'mention_count': '0',
        'rules': "'none'",
        'is_generated': 'false',
    }) }}

)

select * from final
