{%- set target = 'kpi_code, year_start, target_value, target_text, target_unit, target_type, direction, baseline_rule,
    printed_baseline_value, source_document, citation, is_generated' -%}
with printed as (

    select
        *,
        false as is_generated
    from {{ ref('int_kpi__definition') }}
    where year_start is not null

),

planned as (

    select * from {{ ref('int_kpi__plan_target') }}

),

signed as (

    select * from {{ ref('int_kpi__signed_target') }}

),

with_place as (
    {% for source in ['printed', 'planned', 'signed'] %}
        select
            {{ target }},
            {{ loop.index }} as place
        from {{ source }}
        {% if not loop.last %} union all {% endif %}
    {% endfor %}
),

-- What a paper sets for a year stands; a signed target is for a year of which no paper sets one.
final as (

    select distinct on (kpi_code, year_start) {{ target }}
    from with_place
    order by kpi_code asc, year_start asc, place asc

)

select * from final
