{# dbt grants rights on tables only: the publisher may enter the candidate, the auditor every layer. #}
{% macro grant_schema_usage() -%}
    {% for layer in ['seed', 'staging', 'intermediate', 'candidate', 'candidate_restricted'] %}
        create schema if not exists {{ var('schema_prefix') }}{{ layer }};
        grant usage on schema {{ var('schema_prefix') }}{{ layer }} to auditor;
    {% endfor %}
    grant usage on schema {{ var('schema_prefix') }}candidate, {{ var('schema_prefix') }}candidate_restricted to publisher;
{%- endmacro %}
