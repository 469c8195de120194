with latest as (

    select * from {{ ref('int_crime__series') }}
    where is_latest

),

counts as (

    select * from {{ ref('int_crime__monthly_counts') }}

),

violence_groups as (

    select * from {{ ref('ref_kpi_offence_group') }}
    where kpi_code = 'KPI1'

),

-- Twelve months in one classification, each by the release that covers it last: a year that no release has whole.
years as (

    select
        source_dataset,
        {{ financial_year_start('month') }} as year_start,
        min(classification collate "C") as classification,
        string_agg(distinct source_vintage collate "C", ', ' order by source_vintage collate "C") as source_vintage,
        min(series_code collate "C") as first_series_code,
        max(series_code collate "C") as last_series_code,
        bool_or(is_generated) as is_generated
    from latest
    group by source_dataset, year_start
    having count(*) = 12 and count(distinct classification) = 1

),

yearly as (

    select
        counts.source_dataset,
        counts.area_code,
        {{ financial_year_start('counts.month') }} as year_start,
        sum(counts.offence_count) as offence_count,
        coalesce(sum(counts.offence_count) filter (where violence_groups.offence_group is not null), 0)
            as violence_count
    from counts
    inner join latest using (source_dataset, source_vintage, month, classification)
    left join violence_groups using (classification, offence_group)
    group by counts.source_dataset, counts.area_code, year_start

),

final as (

    select
        years.*,
        yearly.area_code,
        yearly.offence_count,
        yearly.violence_count
    from years
    inner join yearly using (source_dataset, year_start)

)

select * from final
