with counts as (

    select * from {{ ref('int_crime__monthly_counts') }}

),

series as (

    select * from {{ ref('int_crime__series') }}

),

kpi_groups as (

    select * from {{ ref('ref_kpi_offence_group') }}

),

areas as (

    select * from {{ ref('ref_borough') }}

),

-- A year of which a release lacks a month would look like a fall; one with a break in it is no year of either series.
whole_years as (

    select
        source_dataset,
        source_vintage,
        {{ financial_year_start('month') }} as year_start,
        min(series_code collate "C") as series_code
    from series
    group by source_dataset, source_vintage, year_start
    having count(*) = 12 and count(distinct series_code) = 1

),

-- Each area, and the whole police area: everything that the release counts.
yearly as (

    select
        kpi_groups.kpi_code,
        counts.source_dataset,
        counts.source_vintage,
        counts.vintage_order,
        counts.classification,
        counts.area_code,
        {{ financial_year_start('counts.month') }} as year_start,
        bool_or(counts.is_generated) as is_generated,
        sum(counts.offence_count) as offence_count
    from counts
    inner join kpi_groups using (classification, offence_group)
    group by
        grouping sets (
            (
                kpi_groups.kpi_code, counts.source_dataset, counts.source_vintage, counts.vintage_order,
                counts.classification, year_start, counts.area_code
            ),
            (
                kpi_groups.kpi_code, counts.source_dataset, counts.source_vintage, counts.vintage_order,
                counts.classification, year_start
            )
        )

),

last_months as (

    select
        source_dataset,
        source_vintage,
        max(month) as vintage_last_month
    from series
    group by source_dataset, source_vintage

),

final as (

    select
        yearly.*,
        coalesce(yearly.area_code, areas.area_code) as kpi_area_code,
        whole_years.series_code,
        last_months.vintage_last_month
    from yearly
    inner join whole_years using (source_dataset, source_vintage, year_start)
    inner join last_months using (source_dataset, source_vintage)
    inner join areas on areas.area_type = 'police_area'

)

select * from final
