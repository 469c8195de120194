with counts as (

    select * from {{ ref('int_crime__monthly_counts') }}

),

series as (

    select * from {{ ref('int_crime__series') }}

),

violence_groups as (

    select * from {{ ref('ref_kpi_offence_group') }}
    where kpi_code = 'KPI1'

),

month_years as (

    select * from {{ ref('int_crime__month_years') }}

),

ward_years as (

    select * from {{ ref('int_crime__ward_years') }}

),

whole_years as (

    select
        source_dataset,
        source_vintage,
        vintage_order,
        classification,
        is_generated,
        {{ financial_year_start('month') }} as year_start,
        min(series_code collate "C") as first_series_code,
        max(series_code collate "C") as last_series_code
    from series
    group by source_dataset, source_vintage, vintage_order, classification, is_generated, year_start
    having count(*) = 12

),

-- Violence as the authority's own indicator counts it.
yearly as (

    select
        counts.source_dataset,
        counts.source_vintage,
        counts.area_code,
        {{ financial_year_start('counts.month') }} as year_start,
        sum(counts.offence_count) as offence_count,
        coalesce(sum(counts.offence_count) filter (where violence_groups.offence_group is not null), 0)
            as violence_count
    from counts
    left join violence_groups using (classification, offence_group)
    group by counts.source_dataset, counts.source_vintage, counts.area_code, year_start

),

of_releases as (

    select
        whole_years.*,
        yearly.area_code,
        yearly.offence_count,
        yearly.violence_count
    from yearly
    inner join whole_years using (source_dataset, source_vintage, year_start)

),

of_months as (

    select
        *,
        0 as vintage_order
    from month_years

),

of_wards as (

    select
        *,
        0 as vintage_order
    from ward_years

),

final as (
    {% for source, basis in [('of_releases', 'release'), ('of_months', 'months'), ('of_wards', 'wards')] %}
        select
            source_dataset,
            source_vintage,
            vintage_order,
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
