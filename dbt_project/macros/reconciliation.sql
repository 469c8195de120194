{# The figures of one of the papers' tables in the shape that all of them share. Each argument is SQL over the seed's
   row `printed`; what it does not have keeps its default. `printed_together` names the cells of one printed table in
   one unit: they all have the decimals of the most exact of them. In running text a figure's own decimals count. #}
{% macro paper_figures(
    seed, table_code, value, line_code, label, unit='printed.unit', measure_code="'value'", line_group='null',
    financial_year='printed.financial_year', version="'none'", line_order='null::integer', is_total='false',
    total_formula='null', cell_status="'printed'", qualifier='null', note='null', basis='printed.basis',
    is_table=false, filter='true'
) -%}
    {%- set table_cells -%}
    case
            when printed.source_table is not null
                then concat_ws(' > ', source_doc, printed.source_section, printed.source_table, {{ unit }}, {{ version }})
        end
    {%- endset -%}
    {%- set printed_together = table_cells if is_table else 'null::text' -%}
    select
        documents.authority_code,
        printed.source_doc as source_document,
        concat_ws(' > ', printed.source_section, printed.source_table) as passage,
        printed.source_row_label as row_label,
        ({{ table_code }})::text as table_code,
        ({{ measure_code }})::text as measure_code,
        ({{ line_group }})::text as line_group,
        ({{ line_code }})::text as line_code,
        coalesce({{ financial_year }}, 'none') as financial_year,
        coalesce({{ version }}, 'none') as version,
        {{ line_order }} as line_order,
        ({{ label }})::text as label,
        ({{ value }})::text as printed_value,
        ({{ unit }})::text as printed_unit,
        {{ is_total }} as is_total,
        ({{ total_formula }})::text as total_formula,
        ({{ cell_status }})::text as cell_status,
        ({{ qualifier }})::text as qualifier,
        ({{ note }})::text as note,
        case
            when {{ basis }} = 'derived' then 'derived'
            when coalesce(printed.source_table like 'Narrative%', true) then 'narrative'
            else 'printed'
        end as basis,
        {{ printed_together }} as printed_together
    from {{ ref(seed) }} as printed
    inner join {{ ref('stg_papers__document') }} as documents using (source_doc)
    where {{ filter }}
{%- endmacro %}

{# How many things of a kind a paper lists, or another fact that its list shows, as one figure a paper (and `by`). #}
{% macro listed_figure(
    code, label, seed, value='count(*)', by='null::text', unit="'count'", filter='true', cell_status="'counted'",
    basis="'derived'"
) -%}
    select
        documents.authority_code,
        printed.source_doc as source_document,
        min(concat_ws(' > ', printed.source_section, printed.source_table) collate "C") as passage,
        {{ lone_figure("'listed'", "concat_ws('_', '" ~ code ~ "', " ~ label_code(by) ~ ")",
            "concat_ws(', ', '" ~ label ~ "', " ~ by ~ ")", value, unit, cell_status, basis) }}
    from {{ ref(seed) }} as printed
    inner join {{ ref('stg_papers__document') }} as documents using (source_doc)
    where {{ filter }}
    group by documents.authority_code, printed.source_doc, {{ by }}
{%- endmacro %}

{# The columns of a figure that stands for itself: no line of a table, of no year, its place given by `passage`. #}
{% macro lone_figure(
    table_code, line_code, label, value, unit="'count'", cell_status="'counted'", basis="'derived'"
) -%}
    null::text as row_label,
        {{ table_code }} as table_code,
        'value' as measure_code,
        null::text as line_group,
        {{ line_code }} as line_code,
        'none' as financial_year,
        'none' as version,
        null::integer as line_order,
        {{ label }} as label,
        ({{ value }})::text as printed_value,
        {{ unit }} as printed_unit,
        false as is_total,
        null::text as total_formula,
        {{ cell_status }} as cell_status,
        null::text as qualifier,
        null::text as note,
        {{ basis }} as basis,
        null::text as printed_together
{%- endmacro %}

{# The parts of an id such as WF_PPH_police_staff_201011_revised: its series (WF_PPH), line, year and version. The
   series and line of an id without a line are `value` and the whole id without its year and version. #}
{% macro id_stem(id) -%}
    regexp_replace({{ id }}, '_\d{6}(_[a-z]+)?$', '')
{%- endmacro %}

{% macro id_series(id) -%}
    coalesce(substring({{ id_stem(id) }} from '^([A-Z0-9_]+?)_[a-z][a-z_]*$'), 'value')
{%- endmacro %}

{% macro id_line(id) -%}
    coalesce(substring({{ id_stem(id) }} from '^[A-Z0-9_]+?_([a-z][a-z_]*)$'), {{ id_stem(id) }})
{%- endmacro %}

{% macro id_version(id) -%}
    substring({{ id }} from '_\d{6}_([a-z]+)$')
{%- endmacro %}

{# Pounds, heads or whatever is counted in one of a unit of the papers. #}
{% macro base_per_unit(unit) -%}
    coalesce({{ gbp_per_unit(unit) }}, case when {{ unit }} = 'million' then 1000000 else 1 end)
{%- endmacro %}

{# The unit itself that these are: `GBP` for all money, `count` for people by the million. #}
{% macro base_unit(unit) -%}
    case when {{ unit }} like 'GBP%' then 'GBP' when {{ unit }} = 'million' then 'count' else {{ unit }} end
{%- endmacro %}

{# Whether a part of a check means a figure, leaving the line aside: what a part does not say, it leaves open. #}
{% macro part_selects_figure() -%}
    parts.table_code = figures.table_code
            and parts.measure_code = figures.measure_code
            and (parts.line_group is null or parts.line_group = figures.line_group)
            and (parts.financial_year is null or parts.financial_year in ('each', 'all', figures.financial_year))
            and (parts.version is null or parts.version in ('each', figures.version))
{%- endmacro %}

{# The figures of one of the tables of single facts, which all have the same columns. Some facts belong to a calendar
   year: it is no financial year. #}
{% macro fact_figures(table_code) -%}
    {{ paper_figures('paper_' ~ table_code, "'" ~ table_code ~ "'", 'printed.value', id_line('printed.fact_id'),
        'printed.description', measure_code=id_series('printed.fact_id'), version=id_version('printed.fact_id'),
        financial_year="substring(printed.financial_year from '^\\d{4}/\\d{2}$')", qualifier='printed.qualifier',
        note='printed.description', filter='printed.value is not null') }}
{%- endmacro %}

{# Whether a figure stands in the same printed column as a total. #}
{% macro total_shares_column() -%}
    totals.table_code = figures.table_code
            and totals.measure_code = figures.measure_code
            and totals.financial_year = figures.financial_year
            and totals.version = figures.version
{%- endmacro %}

{# Which years the columns of a table run over, and which its title says they do. #}
{% macro year_figures(table_code) -%}
    {%- set seed = 'paper_' ~ table_code -%}
    {%- set in_title = "printed.source_table ~ '\\d{4}/\\d{2} to \\d{4}/\\d{2}'" -%}
    {{ listed_figure(table_code ~ '_years', 'Years in the columns of the table', seed,
        'count(distinct printed.financial_year)') }}
    union all
    {{ listed_figure(table_code ~ '_first', 'First year of the columns', seed,
        'min(left(printed.financial_year, 4)::integer)', unit="'year'") }}
    union all
    {{ listed_figure(table_code ~ '_last', 'Last year of the columns', seed,
        'max(left(printed.financial_year, 4)::integer)', unit="'year'") }}
    union all
    {{ listed_figure(table_code ~ '_title_first', 'First year in the title', seed,
        "min(substring(printed.source_table from '(\\d{4})/\\d{2} to')::integer)", unit="'year'", filter=in_title,
        basis="'printed'") }}
    union all
    {{ listed_figure(table_code ~ '_title_last', 'Last year in the title', seed,
        "min(substring(printed.source_table from 'to (\\d{4})/')::integer)", unit="'year'", filter=in_title,
        basis="'printed'") }}
{%- endmacro %}
