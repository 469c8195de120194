{# Pounds and pence from an amount in a unit of the papers. Null where the unit is not money, so that a percentage or a
   count can never slip into a sum of pounds. #}
{% macro to_gbp(amount, unit) -%}
    round({{ amount }} * {{ gbp_per_unit(unit) }}, 2)
{%- endmacro %}

{# Pounds in one of a unit of the papers; null where the unit is not money. #}
{% macro gbp_per_unit(unit) -%}
    case {{ unit }}
        when 'GBP' then 1
        when 'GBP_thousand' then 1000
        when 'GBP_million' then 1000000
        when 'GBP_billion' then 1000000000
    end
{%- endmacro %}
