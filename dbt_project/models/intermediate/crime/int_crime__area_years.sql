with release_years as (

    select * from {{ ref('int_crime__release_years') }}

),

month_years as (

    select * from {{ ref('int_crime__month_years') }}

),

ward_years as (

    select * from {{ ref('int_crime__ward_years') }}

),

final as (
    {% for source, basis in [('release_years', 'release'), ('month_years', 'months'), ('ward_years', 'wards')] %}
        select
            source_dataset,
            source_vintage,
            {{ 'vintage_order' if basis == 'release' else 0 }} as vintage_order,
            classification,
            is_generated,
            year_start,
            first_series_code,
            last_series_code,
            area_code,
            offence_count,
            violence_count,
            first_series_code <> last_series_code as has_series_break,
            '{{ basis }}' as basis,
            {{ loop.index }} as preference
        from {{ source }}
        {% if not loop.last %} union all {% endif %}
    {% endfor %}
)

select * from final
