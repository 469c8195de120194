with area_years as (

    select * from {{ ref('int_crime__area_years') }}

),

-- The latest release that covers the year whole; else its months one by one, else its wards.
levels as (

    select distinct on (area_code, year_start) *
    from area_years
    order by area_code asc, year_start asc, preference asc, vintage_order desc

),

-- The latest release that covers both years whole, in one series; else the months of both, in one series.
changes as (

    select distinct on (this_year.area_code, this_year.year_start)
        this_year.area_code,
        this_year.year_start,
        this_year.source_vintage as change_source_vintage,
        100.0 * (this_year.offence_count - last_year.offence_count) / nullif(last_year.offence_count, 0)
            as crime_change_pct,
        100.0 * (this_year.violence_count - last_year.violence_count) / nullif(last_year.violence_count, 0)
            as violence_change_pct
    from area_years as this_year
    inner join area_years as last_year
        on
            this_year.area_code = last_year.area_code
            and this_year.source_dataset = last_year.source_dataset
            and this_year.basis = last_year.basis
            and (this_year.source_vintage = last_year.source_vintage or this_year.basis = 'months')
            and this_year.year_start = last_year.year_start + interval '1 year'
            and this_year.last_series_code = last_year.first_series_code
    where not (this_year.has_series_break or last_year.has_series_break)
    order by
        this_year.area_code asc, this_year.year_start asc, this_year.preference asc, this_year.vintage_order desc

),

final as (

    select
        levels.*,
        changes.change_source_vintage,
        changes.crime_change_pct,
        changes.violence_change_pct
    from levels
    left join changes using (area_code, year_start)

)

select * from final
