with parts as (

    select * from {{ ref('int_reconciliation__part') }}

),

bounds as (

    select * from {{ ref('ref_reconciliation_bound') }}

),

passages as (

    select
        check_code,
        side,
        concat_ws(
            ' > ',
            passage,
            string_agg(distinct {{ by_letters('row_label') }}, ', ' order by {{ by_letters('row_label') }})
        )
            as passage_citation
    from parts
    group by check_code, side, passage

),

citations as (

    select
        check_code,
        side,
        string_agg(passage_citation, '; ' order by {{ by_letters('passage_citation') }}) as citation
    from passages
    group by check_code, side

),

sources as (

    select
        parts.check_code,
        parts.side,
        string_agg(
            distinct {{ by_letters('parts.source_document') }}, ', ' order by {{ by_letters('parts.source_document') }}
        )
            as document,
        min({{ by_letters('parts.authority_code') }}) as authority_code,
        case
            when bool_or(parts.basis = 'derived') then 'derived'
            when bool_or(parts.basis = 'narrative') then 'narrative'
            else 'printed'
        end as basis,
        -- Only of a figure that stands alone is it known which way its bound points.
        case when count(*) = 1 and min(parts.weight) > 0 then min({{ by_letters('bounds.bound') }}) end as bound
    from parts
    left join bounds on parts.qualifier = bounds.qualifier
    group by parts.check_code, parts.side

),

final as (

    select
        sources.*,
        citations.citation
    from sources
    inner join citations using (check_code, side)

)

select * from final
