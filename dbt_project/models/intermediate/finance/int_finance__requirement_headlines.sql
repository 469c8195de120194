with positions as (

    select * from {{ ref('int_finance__requirement_positions') }}

),

versions as (

    select * from {{ ref('ref_requirement_version') }}

),

ranked as (

    select
        positions.*,
        positions.budget_requirement_gbp is not null and versions.headline_rank is not null as can_be_headline,
        versions.headline_rank
    from positions
    left join versions using (version)

),

final as (

    select
        ranked.*,
        ranked.can_be_headline and row_number() over (
            partition by ranked.authority_code, ranked.financial_year
            order by
                ranked.can_be_headline desc, ranked.headline_rank asc, {{ by_letters('ranked.source_document') }} asc
        ) = 1 as is_headline
    from ranked

)

select * from final
