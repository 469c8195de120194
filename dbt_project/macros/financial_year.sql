{# First day of the financial year (1 April) that a day belongs to. #}
{% macro financial_year_start(day) -%}
    (date_trunc('year', {{ day }} - interval '3 months') + interval '3 months')::date
{%- endmacro %}

{# Name of the financial year, 2011/12, from its first day. #}
{% macro financial_year_name(first_day) -%}
    to_char({{ first_day }}, 'YYYY') || '/' || to_char({{ first_day }} + interval '1 year', 'YY')
{%- endmacro %}

{# First day of a financial year from its name. #}
{% macro financial_year_first_day(name) -%}
    make_date(left({{ name }}, 4)::integer, 4, 1)
{%- endmacro %}
