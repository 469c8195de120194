{# The batch set that staging reads: audit.refresh_input. This and the day change every night, so they come from the
   environment: dbt then parses anew only the models that ask for them, while a changed `--vars` would cost them all. #}
{% macro refresh_id() -%}
    {{ env_var('WAREHOUSE_DBT_REFRESH_ID', 'none') }}
{%- endmacro %}

{# The day the figures are made for; models never ask the clock. #}
{% macro business_date() -%}
    {{ env_var('WAREHOUSE_DBT_BUSINESS_DATE', '2012-03-31') }}
{%- endmacro %}
