with statements as (

    select * from {{ ref('int_finance__grant_statements') }}

),

versions as (

    select * from {{ ref('ref_budget_version') }}

),

amounts as (

    select
        statements.statement_id,
        statements.source_document,
        statements.body_code,
        statements.stream_code,
        statements.amount_gbp,
        {{ financial_year_first_day('statements.grant_year') }} as year_start,
        row_number() over (
            partition by
                statements.source_document, statements.body_code, statements.stream_code, statements.grant_year
            order by versions.version_order desc nulls last
        ) = 1 as is_latest_version
    from statements
    left join versions on statements.version = versions.budget_version
    where statements.amount_gbp is not null

),

changes as (

    select
        amounts.statement_id,
        round(100 * (amounts.amount_gbp - latest.amount_gbp) / nullif(latest.amount_gbp, 0), 2) as change_pct
    from amounts
    inner join amounts as latest
        on
            amounts.source_document = latest.source_document
            and amounts.body_code = latest.body_code
            and amounts.stream_code = latest.stream_code
            and amounts.year_start = latest.year_start + interval '1 year'
            and latest.is_latest_version

),

final as (

    select
        statements.*,
        coalesce(statements.stated_change_pct, changes.change_pct) as change_pct,
        case
            when statements.stated_change_pct is not null then 'printed'
            when changes.change_pct is not null then 'derived'
        end as change_basis,
        case
            when statements.statement_type = 'real_terms_change' then 'real'
            when coalesce(statements.stated_change_pct, changes.change_pct) is not null then 'cash'
        end as change_terms,
        {{ label_code('statements.moved_from') }} as moved_from_code,
        {{ label_code('statements.moved_to') }} as moved_to_code
    from statements
    left join changes using (statement_id)

)

select * from final
