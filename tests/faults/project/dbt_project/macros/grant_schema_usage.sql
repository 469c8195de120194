{% macro grant_schema_usage() -%}
    grant usage on schema {{ var('schema_prefix') }}candidate to publisher, auditor;
{%- endmacro %}
