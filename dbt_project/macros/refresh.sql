{# The batch set that staging reads: audit.refresh_input. This and the day change every night, so they come from the
   environment: dbt then parses anew only the models that ask for them, while a changed `--vars` would cost them all. #}
{% macro refresh_id() -%}
    {{ env_var('WAREHOUSE_DBT_REFRESH_ID', 'none') }}
{%- endmacro %}

{# The day the figures are made for; models never ask the clock. #}
{% macro business_date() -%}
    {{ env_var('WAREHOUSE_DBT_BUSINESS_DATE', '2012-03-31') }}
{%- endmacro %}

{# Whole months from the business date to another day; below zero where that is over. #}
{% macro whole_months_until(day) -%}
    (
        12 * (extract(year from {{ day }}) - extract(year from date '{{ business_date() }}'))
        + extract(month from {{ day }}) - extract(month from date '{{ business_date() }}')
        - case when extract(day from {{ day }}) < extract(day from date '{{ business_date() }}') then 1 else 0 end
    )::integer
{%- endmacro %}

{# What every staging model begins with: the rows of a dataset that are in this refresh, and what is known of their
   file. A model reads it once: what is read twice is set aside in between, and a feed may be large. `force_name` is
   where a feed names a force: each row has its code then, none where nobody knows the name. #}
{% macro this_refresh(dataset, force_name=none) -%}
    select
        inputs.dataset as source_dataset,
        inputs.vintage as source_vintage,
        inputs.vintage_order,
        inputs.layout,
        inputs.coverage,
        inputs.is_generated,
        inputs.period_start as file_period_start,
        inputs.period_end as file_period_end,
        {% if force_name %}forces.force_code,
        {% endif -%}
        rows.*
    from {{ source('audit', 'refresh_input') }} as inputs
    inner join {{ source('raw', dataset) }} as rows on inputs.batch_id = rows._batch_id
    {% if force_name -%}
    left join {{ ref('ref_force_alias') }} as forces on {{ published_key(force_name) }} = forces.published_force_key
    {% endif -%}
    where inputs.refresh_id = '{{ refresh_id() }}' and inputs.dataset = '{{ dataset }}'
{%- endmacro %}
