with statements as (

    select * from {{ ref('stg_papers__budget_requirement') }}

),

-- Our own workings are left out: what can be worked out is worked out here.
printed as (

    select *
    from statements
    where basis = 'printed'

),

passages as (

    select
        authority_code,
        source_document,
        financial_year,
        version,
        passage
        || ' > '
        || string_agg(distinct {{ by_letters('line_name') }}, ', ' order by {{ by_letters('line_name') }})
            as passage_citation
    from printed
    group by authority_code, source_document, financial_year, version, passage

),

citations as (

    select
        authority_code,
        source_document,
        financial_year,
        version,
        string_agg(passage_citation, '; ' order by {{ by_letters('passage_citation') }}) as citation
    from passages
    group by authority_code, source_document, financial_year, version

),

-- A passage that says a figure again adds nothing; a test sees to it that it says the same.
positions as (

    select
        authority_code,
        source_document,
        financial_year,
        year_start,
        version,
        max({{ to_gbp('value', 'unit') }}) filter (where measure_code = 'budget_requirement')
            as budget_requirement_gbp,
        max({{ to_gbp('value', 'unit') }}) filter (where measure_code = 'forecast_government_grant')
            as general_grant_gbp,
        max({{ to_gbp('value', 'unit') }}) filter (where measure_code = 'precept') as precept_gbp,
        max({{ to_gbp('value', 'unit') }}) filter (where measure_code = 'band_d_council_tax') as band_d_gbp,
        max({{ to_gbp('value', 'unit') }}) filter (where measure_code = 'budget_requirement_change')
            as stated_requirement_change_gbp,
        max(value) filter (where measure_code = 'precept_percent_change') as band_d_change_pct,
        max(value) filter (where measure_code = 'precept_share_change') as stated_precept_change_pct
    from printed
    group by authority_code, source_document, financial_year, year_start, version

),

final as (

    select
        positions.*,
        citations.citation
    from positions
    inner join citations using (authority_code, source_document, financial_year, version)

)

select * from final
