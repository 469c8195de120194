with figures as (

    select * from {{ ref('stg_papers__savings') }}

),

roles as (

    select * from {{ ref('ref_savings_gap') }}

),

-- A budget prints a saving as a reduction; here it is an amount to be saved. A figure for several years names them all.
final as (

    select
        case
            when figures.financial_year <> 'unknown' then figures.financial_year
            when figures.period_start is not null and figures.period_end is not null
                then figures.period_start || ' to ' || figures.period_end
            else 'unknown'
        end as financial_year,
        coalesce(figures.period_start, nullif(figures.financial_year, 'unknown')) as first_year,
        coalesce(figures.period_end, nullif(figures.financial_year, 'unknown')) as last_year,
        roles.version,
        figures.source_document as document,
        roles.figure_role,
        roles.is_stated_requirement,
        figures.row_id as paper_row,
        case when figures.row_type = 'budget_line' then -figures.amount_gbp else figures.amount_gbp end as amount_gbp,
        figures.amount_pct,
        figures.qualifier,
        figures.time_basis,
        figures.authority_code,
        figures.citation,
        figures.basis
    from figures
    inner join roles on figures.row_id = roles.paper_row

)

select * from final
