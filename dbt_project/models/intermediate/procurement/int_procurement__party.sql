{{ config(materialized='table') }}

with named as (

    select * from {{ ref('int_procurement__party_full_name') }}

),

aliases as (

    select
        party_key,
        register_id,
        party_code
    from {{ ref('ref_party_alias') }}
    union all
    select
        party_key,
        null as register_id,
        body_code as party_code
    from {{ ref('int_procurement__police_name') }}

),

-- One number, one party: where any spelling of it has an alias, that is the party.
identified as (

    select
        named.identifier_code,
        coalesce(min({{ by_letters('aliases.party_code') }}), named.identifier_code) as party_code
    from named
    left join aliases on named.party_key = aliases.party_key and aliases.register_id is null
    where named.identifier_code is not null
    group by named.identifier_code

),

registered as (

    select
        named.full_key,
        min({{ by_letters('identified.party_code') }}) as party_code
    from named
    inner join identified using (identifier_code)
    group by named.full_key
    having count(distinct identified.party_code) = 1

),

final as (

    select
        named.*,
        case
            when decisions.party_code is not null then 'decision'
            when identified.party_code is not null then 'identifier'
            when aliases.party_code is not null then 'alias'
            when named.full_key = '' then 'no_name'
            when registered.party_code is not null then 'name_of_registered'
            when named.legal_form_elsewhere is not null then 'legal_form'
            else 'name'
        end as rule,
        coalesce(
            decisions.party_code,
            identified.party_code,
            aliases.party_code,
            registered.party_code,
            'name-' || nullif(replace(named.full_key, ' ', '-'), ''),
            'unknown'
        ) as party_code
    from named
    left join aliases as decisions
        on named.party_key = decisions.party_key and named.published_register_id = decisions.register_id
    left join identified on named.identifier_code = identified.identifier_code
    left join aliases on named.party_key = aliases.party_key and aliases.register_id is null
    left join registered on named.full_key = registered.full_key

)

select * from final
