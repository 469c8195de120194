{# Last day of a day, month, half-year or year as the papers write it: 2009-07-15, 2009-07, 2009-H2 or 2009. #}
{% macro printed_last_day(printed) -%}
    case
        when length({{ printed }}) = 4 then make_date({{ printed }}::integer, 12, 31)
        when {{ printed }} like '%-H1' then make_date(left({{ printed }}, 4)::integer, 6, 30)
        when {{ printed }} like '%-H2' then make_date(left({{ printed }}, 4)::integer, 12, 31)
        when length({{ printed }}) = 7 then (({{ printed }} || '-01')::date + interval '1 month - 1 day')::date
        else {{ printed }}::date
    end
{%- endmacro %}
