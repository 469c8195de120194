with progress as (

    select * from {{ ref('int_savings__progress') }}

),

rag_rules as (

    select *
    from {{ ref('ref_rag_rule') }}
    where subject = 'savings_delivery'

),

measured as (

    select
        progress.*,
        100 * progress.expected_gbp / nullif(progress.planned_gbp, 0) as expected_pct
    from progress

),

final as (

    select
        measured.programme_code,
        measured.financial_year,
        measured.time_basis,
        measured.document,
        measured.programme_name,
        measured.owner_area,
        measured.parent_programme_code,
        measured.parent_basis,
        measured.is_component,
        measured.is_counted,
        measured.qualifier,
        measured.planned_gbp,
        measured.delivered_gbp,
        measured.forecast_gbp,
        measured.expected_gbp,
        measured.as_at_date,
        measured.planned_gbp - measured.expected_gbp as shortfall_gbp,
        round(measured.expected_pct, 2) as expected_pct,
        coalesce(rag.rag, 'none') as rag,
        measured.stated_status,
        measured.time_basis_printed,
        measured.period_start,
        measured.period_end,
        measured.description,
        measured.paper_row,
        measured.authority_code,
        measured.document as source_document,
        measured.citation,
        measured.basis,
        measured.source_dataset,
        measured.source_vintage,
        measured.is_generated
    from measured
    left join lateral (
        select rag_rules.rag
        from rag_rules
        where measured.expected_pct >= coalesce(rag_rules.lowest_pct, '-infinity')
        order by rag_rules.lowest_pct desc nulls last
        limit 1
    ) as rag on true

)

select * from final
