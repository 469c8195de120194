with resolved as (

    select * from {{ ref('int_procurement__party') }}

),

forces as (

    select * from {{ ref('ref_force') }}

),

-- The spelling that is used most; of equals one that is not all capitals, then the first of the alphabet.
spelt as (

    select distinct on (party_role, party_code)
        party_role,
        party_code,
        published_name
    from resolved
    order by
        party_role,
        party_code,
        sum(mention_count) over (partition by party_role, party_code, published_name) desc,
        published_name = upper(published_name),
        published_name collate "C"

),

final as (

    select
        spelt.party_role,
        spelt.party_code,
        case
            when spelt.party_code = 'unknown' then 'Unknown'
            else coalesce(forces.force_name, spelt.published_name)
        end as party_name
    from spelt
    left join forces on spelt.party_code = forces.force_code

)

select * from final
