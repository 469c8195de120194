with resolved as (

    select * from {{ ref('int_procurement__party') }}

),

names as (

    select * from {{ ref('int_procurement__party_name') }}

),

rules as (

    select * from {{ ref('ref_party_rule') }}

),

final as (

    select
        resolved.party_role,
        resolved.published_name,
        resolved.published_scheme,
        resolved.published_register_id,
        resolved.party_key,
        resolved.party_code,
        names.party_name,
        resolved.rule,
        rules.meaning as rule_meaning,
        rules.undo,
        count(*) over (partition by resolved.party_role, resolved.party_code)::integer as merged_spellings,
        resolved.mention_count::integer as mention_count,
        resolved.mentioned_in,
        resolved.is_generated
    from resolved
    inner join names using (party_role, party_code)
    inner join rules using (rule)

)

select * from final
