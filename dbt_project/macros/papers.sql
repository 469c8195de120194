{# Where in its paper a figure stands: section > table > row label, leaving out what the paper does not have. The row is
   one of a paper_ seed. #}
{% macro paper_citation(row='') -%}
    {%- set prefix = row ~ '.' if row else '' -%}
    concat_ws(
        ' > ', {{ prefix }}source_section, {{ prefix }}source_table, {{ prefix }}source_row_label
    )
{%- endmacro %}

{# The same without the row label, for a row of a mart that takes its figures from several lines of one table. #}
{% macro paper_passage(row='') -%}
    {%- set prefix = row ~ '.' if row else '' -%}
    concat_ws(' > ', {{ prefix }}source_section, {{ prefix }}source_table)
{%- endmacro %}

{# A code that stays the same from paper to paper: the printed label in lower case, words joined by underscores. #}
{% macro label_code(label) -%}
    trim(both '_' from regexp_replace(replace({{ published_key(label) }}, '''', ''), '[^a-z0-9]+', '_', 'g'))
{%- endmacro %}

{# Whether a financial year is written as one, for a column that may be empty. #}
{% macro is_financial_year_or_empty() -%}
    financial_year is null or financial_year ~ '^\d{4}/\d{2}$'
{%- endmacro %}
