with printed as (
    {% for seed, code, measure, value, unit, period, words, mart in paper_figure_seeds() %}
        select
            source_doc as document,
            concat_ws(':', '{{ seed }}', {{ code | join(', ') }}) as code,
            source_section as section,
            source_row_label as row_label,
            ({{ measure }})::text as measure,
            ({{ value }})::text as value_text,
            ({{ unit }})::text as unit,
            ({{ period }})::text as period,
            ({{ words }})::text as words,
            basis,
            {{ paper_citation() }} as citation,
            {{ mart }} as mart
        from {{ ref('paper_' ~ seed) }}
        {% if not loop.last %} union all {% endif %}
    {% endfor %}
),

-- A table that prints the same thing twice has it twice here, by its place.
numbered as (

    select
        *,
        count(*) over (partition by document, code) as times,
        row_number() over (partition by document, code order by section collate "C", row_label collate "C", value_text collate "C", words collate "C") as place
    from printed

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
        period,
        words,
        basis,
        citation,
        mart,
        false as is_generated
    from numbered

)

select * from final
