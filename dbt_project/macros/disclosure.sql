{# The cells of one table of a declared set (quality_checks/disclosure) that are closed in this refresh, one row each.
   `columns` has the type of each of its columns: those of the scope, the day and the dimensions. #}
{% macro closed_cells(set_name, table_name, columns) -%}
    {%- set casts = [] -%}
    {%- for name, type in columns.items() -%}
        {%- do casts.append("(cell ->> '" ~ name ~ "')::" ~ type ~ " as " ~ name) -%}
    {%- endfor -%}
    select {{ casts | join(", ") }}
    from {{ ref('int_disclosure__closed_cells') }}
    where set_name = '{{ set_name }}' and table_name = '{{ table_name }}'
{%- endmacro %}
