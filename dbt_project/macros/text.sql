{# A published text as one line: line ends, and every kind of space, are single spaces; nothing but space is null. #}
{% macro one_line(column) -%}
    nullif(btrim(regexp_replace({{ column }}, '[\s\u00a0]+', ' ', 'g')), '')
{%- endmacro %}
