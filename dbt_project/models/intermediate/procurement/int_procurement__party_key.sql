{{ config(materialized='table') }}

with mentions as (

    select * from {{ ref('int_procurement__party_mention') }}

),

schemes as (

    select * from {{ ref('ref_party_scheme') }}

),

keyed as (

    select
        mentions.*,
        {{ party_key('mentions.published_name') }} as party_key,
        schemes.code_prefix,
        schemes.id_pattern,
        -- Company numbers are often typed without the zeros that they begin with.
        case
            when schemes.padded_to is not null and mentions.published_register_id ~ '^[0-9]{6,}$'
                then lpad(
                    mentions.published_register_id,
                    greatest(schemes.padded_to, length(mentions.published_register_id)),
                    '0'
                )
            else upper(mentions.published_register_id)
        end as register_id
    from mentions
    left join schemes on mentions.published_scheme = schemes.scheme

),

final as (

    select
        party_role,
        published_name,
        published_scheme,
        published_register_id,
        mention_count,
        mentioned_in,
        is_generated,
        party_key,
        {{ legal_form('party_key') }} as legal_form,
        left(party_key, length(party_key) - length({{ legal_form('party_key') }})) as stem,
        -- A number that is none of its register is no identifier; zeros stand for one that nobody knew.
        case
            when register_id ~ id_pattern and register_id !~ '^0+$'
                then code_prefix || '-' || lower(regexp_replace(register_id, '^.*/', ''))
        end as identifier_code
    from keyed

)

select * from final
