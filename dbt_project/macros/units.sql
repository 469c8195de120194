{# Pounds and pence from an amount in a unit of the papers. Null where the unit is not money, so that a percentage or a
   count can never slip into a sum of pounds. #}
{% macro to_gbp(amount, unit) -%}
    round({{ amount }} * case {{ unit }}
        when 'GBP' then 1
        when 'GBP_thousand' then 1000
        when 'GBP_million' then 1000000
        when 'GBP_billion' then 1000000000
    end, 2)
{%- endmacro %}
