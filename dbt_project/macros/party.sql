{# A name as parties are compared by: lower case, `&` as and, no punctuation, no leading the, and the legal form, where
   the name ends with one, in one spelling. Nothing else is taken away: two words that differ are two names. #}
{% macro party_key(name) -%}
    {%- set plain -%}
        regexp_replace(
            trim(regexp_replace(
                replace(replace(replace(lower({{ name }}), '''', ''), '’', ''), '&', ' and '), '[^[:alnum:]]+', ' ', 'g'
            )),
            '^the ', ''
        )
    {%- endset -%}
    regexp_replace(
        regexp_replace(
            regexp_replace(
                regexp_replace({{ plain }}, ' public limited company$', ' plc'), ' limited liability partnership$', ' llp'
            ),
            ' (ltd|limited)( company)?$', ' limited'
        ),
        ' co limited$', ' company limited'
    )
{%- endmacro %}

{# The legal form that a key ends with; empty where it ends with none. #}
{% macro legal_form(key) -%}
    coalesce(substring({{ key }} from ' (limited|plc|llp|lp|cic)$'), '')
{%- endmacro %}

{# A text in the order of its letters, whatever the database's language: where order becomes text. #}
{% macro by_letters(text) -%}
    {{ text }} collate "C"
{%- endmacro %}
