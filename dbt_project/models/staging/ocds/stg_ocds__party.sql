with processes as (

    select * from {{ ref('stg_ocds__process') }}

),

-- An id that stands twice in a list of parties is one party: the last of them, as when releases are merged.
parties as (

    select distinct on (processes.ocid, listed.party ->> 'id')
        processes.ocid,
        listed.party ->> 'id' as party_id,
        listed.party #>> '{identifier,scheme}' as scheme,
        listed.party #>> '{identifier,id}' as register_id
    from processes
    cross join
        lateral jsonb_array_elements(coalesce(processes.process -> 'parties', '[]'))
        with ordinality as listed (party, place)
    order by processes.ocid asc, listed.party ->> 'id' asc, listed.place desc

),

mentions as (

    select
        ocid,
        'none' as award_id,
        'buyer' as party_role,
        process #>> '{buyer,id}' as party_id,
        process #>> '{buyer,name}' as party_name,
        is_generated
    from processes
    where process ? 'buyer'
    union all
    select
        processes.ocid,
        award ->> 'id' as award_id,
        'supplier' as party_role,
        supplier ->> 'id' as party_id,
        supplier ->> 'name' as party_name,
        processes.is_generated
    from processes
    cross join lateral jsonb_array_elements(coalesce(processes.process -> 'awards', '[]')) as award
    cross join lateral jsonb_array_elements(coalesce(award -> 'suppliers', '[]')) as supplier

),

final as (

    select
        mentions.ocid,
        mentions.award_id,
        mentions.party_role,
        mentions.party_id,
        coalesce({{ notice_text('mentions.party_name') }}, '') as published_name,
        coalesce({{ notice_text('parties.scheme') }}, '') as published_scheme,
        coalesce({{ notice_text('parties.register_id') }}, '') as published_register_id,
        mentions.is_generated
    from mentions
    left join parties using (ocid, party_id)

)

select * from final
