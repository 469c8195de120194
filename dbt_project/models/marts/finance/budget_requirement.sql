with positions as (

    select * from {{ ref('int_finance__requirement_headlines') }}

),

headlines as (

    select *
    from positions
    where is_headline

),

final as (

    select
        positions.financial_year,
        positions.version,
        positions.source_document as document,
        positions.is_headline,
        positions.budget_requirement_gbp,
        positions.stated_requirement_change_gbp,
        positions.general_grant_gbp,
        positions.precept_gbp,
        round(100 * (positions.precept_gbp - headlines.precept_gbp) / nullif(headlines.precept_gbp, 0), 2)
            as precept_change_pct,
        positions.stated_precept_change_pct,
        positions.band_d_gbp,
        positions.band_d_change_pct,
        round(positions.precept_gbp / nullif(positions.band_d_gbp, 0)) as implied_tax_base,
        positions.authority_code,
        positions.source_document,
        positions.citation,
        'printed' as basis,
        false as is_generated
    from positions
    left join headlines
        on
            positions.authority_code = headlines.authority_code
            and positions.year_start = headlines.year_start + interval '1 year'

)

select * from final
