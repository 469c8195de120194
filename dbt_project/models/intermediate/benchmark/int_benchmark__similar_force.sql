with facts as (

    select * from {{ ref('paper_survey_facts') }}
    where metric = 'most_similar_forces'

),

papers as (

    select * from {{ ref('ref_paper_authority') }}

),

authorities as (

    select * from {{ ref('ref_authority') }}

),

aliases as (

    select * from {{ ref('ref_force_alias') }}

),

-- The paper of a force's authority names the forces in one cell.
final as (

    select
        authorities.force_code,
        aliases.force_code as similar_force_code,
        btrim(named.force_name) as force_name
    from facts
    inner join papers using (source_doc)
    inner join authorities using (authority_code)
    cross join lateral unnest(string_to_array(facts.scope, ';')) as named (force_name)
    left join aliases on {{ published_key('named.force_name') }} = aliases.published_force_key

)

select * from final
