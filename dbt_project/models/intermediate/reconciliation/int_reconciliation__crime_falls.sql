with claims as (

    select
        figures.*,
        figures.printed_value::integer as claimed_falls,
        left(documents.document_date, 4)::integer - 1 as last_year
    from {{ ref('int_reconciliation__fact_figure') }} as figures
    inner join {{ ref('paper_documents') }} as documents on figures.source_document = documents.source_doc
    where figures.table_code = 'survey_facts' and figures.line_code = 'SUR13'

),

years as (

    select
        source_dataset,
        source_vintage,
        vintage_order,
        extract(year from {{ financial_year_start('month') }})::integer as start_year,
        sum(offence_count) as offence_count,
        count(distinct month) as month_count
    from {{ ref('int_crime__group_counts') }}
    where not is_generated
    group by source_dataset, source_vintage, vintage_order, start_year

),

-- A year is compared with the one before it within one release only; releases do not count alike.
compared as (

    select
        this_year.source_dataset,
        this_year.source_vintage,
        this_year.vintage_order,
        this_year.start_year,
        this_year.offence_count < last_year.offence_count as is_fall
    from years as this_year
    inner join years as last_year
        on
            this_year.source_dataset = last_year.source_dataset
            and this_year.source_vintage = last_year.source_vintage
            and this_year.start_year = last_year.start_year + 1
    where this_year.month_count = 12 and last_year.month_count = 12

),

counted as (

    select
        claims.authority_code,
        claims.source_document,
        claims.passage,
        compared.source_dataset,
        compared.source_vintage,
        compared.vintage_order,
        count(*) as compared_years,
        count(*) filter (where compared.is_fall) as falls
    from claims
    inner join compared
        on
            claims.last_year >= compared.start_year
            and claims.last_year - claims.claimed_falls < compared.start_year
    group by
        claims.authority_code, claims.source_document, claims.passage, compared.source_dataset,
        compared.source_vintage, compared.vintage_order

),

final as (

    select distinct on (authority_code, source_document) *
    from counted
    order by authority_code asc, source_document asc, compared_years desc, vintage_order desc

)

select * from final
