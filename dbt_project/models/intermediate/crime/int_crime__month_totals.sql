{{ config(materialized='table') }}

with counts as (

    select * from {{ ref('int_crime__group_counts') }}

),

ward_counts as (

    select * from {{ ref('int_crime__ward_group_counts') }}

),

breaks as (

    select * from {{ ref('int_crime__series_breaks') }}

),

-- Boroughs and wards are two publications of the same offences: what is odd about a month shows in both alike.
totals as (
    {% for source in ['counts', 'ward_counts'] %}
        select
            source_dataset,
            source_vintage,
            vintage_order,
            vintage_last_month,
            previous_vintage,
            is_latest,
            classification,
            is_generated,
            month,
            sum(offence_count) as offence_count
        from {{ source }}
        group by
            source_dataset, source_vintage, vintage_order, vintage_last_month, previous_vintage, is_latest,
            classification, is_generated, month
        {% if not loop.last %} union all {% endif %}
    {% endfor %}
),

final as (

    select
        totals.*,
        concat_ws('.', totals.classification, breaks.break_code) as series_code
    from totals
    left join breaks
        on
            totals.source_dataset = breaks.source_dataset
            and totals.month >= breaks.break_month
            and totals.month < breaks.next_break_month

)

select * from final
