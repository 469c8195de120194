with papers as (

    select * from {{ ref('ref_paper_authority') }}

),

authorities as (

    select * from {{ ref('ref_authority') }}

),

final as (

    select
        papers.source_doc,
        authorities.authority_code,
        authorities.force_code
    from papers
    inner join authorities using (authority_code)
    where authorities.force_code = '{{ var("force_code") }}'

)

select * from final
