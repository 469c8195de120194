with statements as (

    select * from {{ ref('stg_papers__grant_settlement') }}

),

labels as (

    select * from {{ ref('ref_grant_statement') }}

),

-- Amounts, changes and moves of grants. Workings, caveats and the bridge's movements are not a grant of a year.
final as (

    select
        statements.*,
        labels.stream_code,
        labels.stream_name,
        labels.version,
        case labels.body_scope when 'force' then statements.force_code else labels.body_scope end as body_code,
        coalesce(statements.effective_year, statements.financial_year, 'unknown') as grant_year,
        case
            when statements.statement_type = 'amount'
                then labels.printed_sign * {{ to_gbp('statements.value::numeric', 'statements.unit') }}
        end as amount_gbp,
        case when statements.unit = 'percent' then statements.value::numeric end as stated_change_pct
    from statements
    left join labels using (grant_label)
    where statements.statement_type in (
        'amount', 'national_change', 'general_grant_change', 'grant_transfer', 'real_terms_change'
    )

)

select * from final
