{# The statements of the intake that stand, one row a key. A file replaces every earlier one that ends on the same
   day as a whole, so that a correction can withdraw a key; across such days the newest statement of a key stands. #}
{% macro standing_statements(statements, key) -%}
    select distinct on ({{ key | join(', ') }}) latest_of_day.*
    from (
        select
            *,
            max(vintage_order) over (partition by file_period_end) as last_order
        from {{ statements }}
    ) as latest_of_day
    where vintage_order = last_order
    order by {{ key | join(', ') }}, vintage_order desc
{%- endmacro %}

{# What a year is expected to end with. What has been reached says little while the year still runs: until its last day
   the forecast counts, then what was reached. #}
{% macro expected_at_year_end(reached, forecast, financial_year='financial_year', as_at_date='as_at_date') -%}
    case
            when {{ as_at_date }} >= {{ financial_year_first_day(financial_year) }} + interval '1 year - 1 day'
                then coalesce({{ reached }}, {{ forecast }})
            else {{ forecast }}
        end
{%- endmacro %}
