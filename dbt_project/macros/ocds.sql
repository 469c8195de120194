{# The datasets whose releases a refresh merges into processes. #}
{% macro notice_datasets() -%}
    {{ return(['contracts_finder', 'find_a_tender']) }}
{%- endmacro %}

{# The day of a moment as its publisher writes it: a contract that ends at 23:59:59Z in summer ends on that day. Empty
   where the text is no day. #}
{% macro published_day(moment) -%}
    case
        when {{ moment }} ~ '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])'
            then
                case
                    when
                        substr({{ moment }}, 9, 2)::integer
                        <= extract(day from to_date(left({{ moment }}, 7), 'YYYY-MM') + interval '1 month - 1 day')
                        then to_date(left({{ moment }}, 10), 'YYYY-MM-DD')
                end
    end
{%- endmacro %}

{# The number that a node of JSON is; empty where it is none. #}
{% macro json_number(node) -%}
    case jsonb_typeof({{ node }}) when 'number' then ({{ node }} #>> '{}')::numeric end
{%- endmacro %}

{# A text of a notice: without white space at its ends, blank as empty. Some publishers write an entity twice over. #}
{% macro notice_text(text) -%}
    nullif(trim(regexp_replace(replace({{ text }}, '&amp;', '&'), '\s+', ' ', 'g')), '')
{%- endmacro %}

{# What a value is: `none` without an award, `absent`, `zero` (which publishers write where they give no value),
   `other_currency`, or `stated` in pounds. #}
{% macro value_status(award_id, value, currency) -%}
    case
        when {{ award_id }} = 'none' then 'none'
        when {{ value }} is null then 'absent'
        when {{ value }} = 0 then 'zero'
        when coalesce({{ currency }}, 'none') <> 'GBP' then 'other_currency'
        else 'stated'
    end
{%- endmacro %}
