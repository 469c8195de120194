with printed as (

    select * from {{ ref('paper_savings_programmes') }}

),

time_bases as (

    select * from {{ ref('ref_savings_time_basis') }}

),

documents as (

    select * from {{ ref('stg_papers__document') }}

),

final as (

    select
        documents.authority_code,
        printed.source_doc as source_document,
        {{ paper_citation('printed') }} as citation,
        printed.row_id,
        printed.programme_name as row_name,
        printed.row_type,
        printed.parent_programme as parent_row_id,
        printed.parent_basis,
        {{ to_gbp('printed.amount', 'printed.unit') }} as amount_gbp,
        case when printed.unit = 'percent' then printed.amount end as amount_pct,
        printed.qualifier,
        printed.time_basis as time_basis_printed,
        case when printed.time_basis is null then 'none' else time_bases.time_basis end as time_basis,
        coalesce(printed.target_year, 'unknown') as financial_year,
        printed.period_start,
        printed.period_end,
        printed.baseline_year,
        printed.status as stated_status,
        printed.owner_area,
        printed.description,
        printed.basis
    from printed
    inner join documents using (source_doc)
    left join time_bases on printed.time_basis = time_bases.time_basis_printed

)

select * from final
