with counts as (

    select * from {{ ref('int_crime__latest_ward_counts') }}

),

wards as (

    select * from {{ ref('int_geography__wards') }}

),

offences as (

    select distinct
        offence_code,
        offence_group
    from {{ ref('ref_offence_crosswalk') }}

),

violence_groups as (

    select * from {{ ref('ref_kpi_offence_group') }}
    where kpi_code = 'KPI1'

),

breaks as (

    select * from {{ ref('int_crime__series_breaks') }}

),

-- The ward table counts the same offences as the borough table, and goes on where that one has ended.
yearly as (

    select
        counts.source_dataset,
        counts.classification,
        wards.borough_code as area_code,
        {{ financial_year_start('counts.month') }} as year_start,
        string_agg(
            distinct {{ by_letters('counts.source_vintage') }}, ', ' order by {{ by_letters('counts.source_vintage') }}
        )
            as source_vintage,
        count(distinct counts.month) as months,
        min(counts.month) as first_month,
        max(counts.month) as last_month,
        bool_or(counts.is_generated) as is_generated,
        sum(counts.offence_count) as offence_count,
        coalesce(sum(counts.offence_count) filter (where violence_groups.offence_group is not null), 0)
            as violence_count
    from counts
    inner join wards on counts.ward_code = wards.area_code
    inner join offences using (offence_code)
    left join violence_groups
        on
            counts.classification = violence_groups.classification
            and offences.offence_group = violence_groups.offence_group
    where wards.borough_code is not null
    group by counts.source_dataset, counts.classification, wards.borough_code, year_start

),

final as (

    select
        yearly.*,
        concat_ws('.', yearly.classification, first_break.break_code) as first_series_code,
        concat_ws('.', yearly.classification, last_break.break_code) as last_series_code
    from yearly
    left join breaks as first_break
        on
            yearly.source_dataset = first_break.source_dataset
            and yearly.first_month >= first_break.break_month
            and yearly.first_month < first_break.next_break_month
    left join breaks as last_break
        on
            yearly.source_dataset = last_break.source_dataset
            and yearly.last_month >= last_break.break_month
            and yearly.last_month < last_break.next_break_month
    where yearly.months = 12

)

select * from final
