with counts as (

    select * from {{ ref('int_crime__monthly_counts') }}

),

whole_years as (

    select * from {{ ref('int_crime__whole_years') }}
    where first_series_code = last_series_code

),

kpi_groups as (

    select * from {{ ref('ref_kpi_offence_group') }}

),

areas as (

    select * from {{ ref('ref_borough') }}

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

-- A year with a break in it is none of either series.
final as (

    select
        yearly.*,
        coalesce(yearly.area_code, areas.area_code) as kpi_area_code,
        whole_years.first_series_code as series_code,
        whole_years.vintage_last_month
    from yearly
    inner join whole_years using (source_dataset, source_vintage, year_start)
    inner join areas on areas.area_type = 'police_area'

)

select * from final
