with stated as (
    {% for seed, type, code, parent, rank, words, wording, year in strategy_statement_seeds() %}
        select
            '{{ type }}' as statement_type,
            ({{ code }})::text as statement_code,
            ({{ parent }})::text as belongs_to,
            ({{ rank }})::integer as rank,
            ({{ words }})::text as statement,
            '{{ wording }}' as wording,
            ({{ year }})::text as financial_year,
            source_doc,
            {{ paper_citation() }} as citation,
            basis
        from {{ ref('paper_' ~ seed) }}
        {% if not loop.last %} union all {% endif %}
    {% endfor %}
),

documents as (

    select * from {{ ref('stg_papers__document') }}

),

final as (

    select
        stated.statement_type,
        stated.statement_code,
        stated.belongs_to,
        stated.rank,
        stated.statement,
        stated.wording,
        coalesce(stated.financial_year, 'none') as financial_year,
        documents.authority_code,
        stated.source_doc as source_document,
        stated.citation,
        stated.basis,
        false as is_generated
    from stated
    inner join documents using (source_doc)

)

select * from final
