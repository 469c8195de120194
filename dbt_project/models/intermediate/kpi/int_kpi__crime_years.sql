with counts as (

    select * from {{ ref('int_crime__group_counts') }}

),

series as (

    select * from {{ ref('int_crime__series') }}

),

kpi_groups as (

    select * from {{ ref('ref_kpi_offence_group') }}

),

-- A year of which a release lacks a month would look like a fall; one with a break in it is no year of either series.
whole_years as (

    select
        source_dataset,
        source_vintage,
        {{ financial_year_start('month') }} as year_start,
        min(series_code) as series_code
    from series
    group by source_dataset, source_vintage, year_start
    having count(*) = 12 and count(distinct series_code) = 1

),

yearly as (

    select
        kpi_groups.kpi_code,
        counts.source_dataset,
        counts.source_vintage,
        counts.vintage_order,
        counts.vintage_last_month,
        counts.classification,
        counts.is_generated,
        {{ financial_year_start('counts.month') }} as year_start,
        sum(counts.offence_count) as offence_count
    from counts
    inner join kpi_groups using (classification, offence_group)
    group by
        kpi_groups.kpi_code,
        counts.source_dataset,
        counts.source_vintage,
        counts.vintage_order,
        counts.vintage_last_month,
        counts.classification,
        counts.is_generated,
        year_start

),

final as (

    select
        yearly.*,
        whole_years.series_code
    from yearly
    inner join whole_years using (source_dataset, source_vintage, year_start)

)

select * from final
