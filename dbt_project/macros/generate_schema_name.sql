{# The layer's own name, with the prefix that lets a rebuild run beside a refresh. #}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ var('schema_prefix') }}{{ custom_schema_name or target.schema }}
{%- endmacro %}
