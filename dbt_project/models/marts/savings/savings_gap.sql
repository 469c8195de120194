with figures as (

    select * from {{ ref('int_savings__gap_figures') }}

),

positions as (

    select
        financial_year,
        version,
        document,
        first_year,
        last_year,
        authority_code,
        max(amount_gbp) filter (where figure_role = 'required') as printed_requirement_gbp,
        max(amount_gbp) filter (where figure_role = 'identified') as identified_gbp,
        max(amount_gbp) filter (where figure_role = 'still_to_be_identified') as still_to_be_identified_gbp,
        max(amount_gbp) filter (where is_stated_requirement) as stated_requirement_gbp,
        max(amount_pct) filter (where figure_role = 'required') as required_pct,
        max(qualifier collate "C") as qualifier,
        string_agg(distinct time_basis collate "C", '; ' order by time_basis collate "C") as time_basis,
        string_agg(distinct citation collate "C", '; ' order by citation collate "C") as citation,
        max(basis collate "C") as basis
    from figures
    group by financial_year, version, document, first_year, last_year, authority_code

),

-- Where the paper prints no total, what is found and what is still to be found make it.
totals as (

    select
        positions.*,
        coalesce(
            positions.printed_requirement_gbp, positions.identified_gbp + positions.still_to_be_identified_gbp
        ) as required_gbp
    from positions

),

final as (

    select
        coalesce(first_year, 'unknown') as financial_year,
        coalesce(last_year, 'unknown') as financial_year_to,
        version,
        document,
        required_gbp,
        case
            when printed_requirement_gbp is not null then 'printed'
            when required_gbp is not null then 'derived'
            else 'none'
        end as required_basis,
        identified_gbp,
        still_to_be_identified_gbp,
        round(100 * identified_gbp / nullif(required_gbp, 0), 2) as cover_pct,
        stated_requirement_gbp,
        required_pct,
        qualifier,
        time_basis,
        authority_code,
        document as source_document,
        citation,
        basis,
        false as is_generated
    from totals

)

select * from final
