with printed as (
    {% for seed, code, measure, value, unit, period, words, says, mart in paper_figure_seeds() %}
        select
            source_doc as document,
            concat_ws(':', '{{ seed }}', {{ code | join(', ') }}) as code,
            source_section as section,
            source_row_label as row_label,
            ({{ measure }})::text as measure,
            ({{ value }})::text as value_text,
            ({{ unit }})::text as unit,
            ({{ period }})::text as period,
            nullif(({{ words }})::text, '') as words,
            nullif(({{ says }})::text, '') as description,
            basis,
            {{ paper_citation() }} as citation,
            {{ mart }} as mart
        from {{ ref('paper_' ~ seed) }}
        {% if not loop.last %} union all {% endif %}
    {% endfor %}
),

documents as (

    select * from {{ ref('stg_papers__document') }}

),

-- A table that prints the same thing twice has it twice here, by its place.
numbered as (

    select
        printed.*,
        documents.authority_code,
        count(*) over (partition by printed.document, printed.code) as times,
        row_number() over (
            partition by printed.document, printed.code
            order by
                {{ by_letters('printed.section') }},
                {{ by_letters('printed.row_label') }},
                {{ by_letters('printed.value_text') }},
                {{ by_letters('printed.words') }}, {{ by_letters('printed.description') }}
        ) as place
    from printed
    inner join documents on printed.document = documents.source_doc

),

final as (

    select
        document,
        case when times > 1 then concat_ws(':', code, place) else code end as figure_code,
        section,
        row_label,
        measure,
        case when value_text ~ '^-?[0-9]+([.][0-9]+)?$' then value_text::numeric end as value,
        value_text,
        unit,
        nullif(period, '') as period,
        words,
        description,
        lower(concat_ws(
            ' | ', section, row_label, replace(measure, '_', ' '), value_text, unit, period, words, description
        )) as search_text,
        basis,
        citation,
        mart,
        authority_code,
        false as is_generated
    from numbered

)

select * from final
