{# A published spelling as the crosswalk seeds hold it: lower case, `&` as and, single spaces. #}
{% macro published_key(column) -%}
    trim(regexp_replace(replace(lower({{ column }}), '&', ' and '), '\s+', ' ', 'g'))
{%- endmacro %}
