with counts as (

    select * from {{ ref('int_crime__monthly_counts') }}

),

vintage_months as (

    select * from {{ ref('int_crime__vintage_months') }}

),

published as (

    select
        source_dataset,
        source_vintage,
        area_type,
        offence_group,
        month,
        sum(offence_count)::bigint as offence_count
    from counts
    group by
        source_dataset,
        source_vintage,
        area_type,
        offence_group,
        month

),

-- Releases leave out what is zero throughout: a group seen in one release of a month is zero in its others.
groups_of_month as (

    select distinct
        vintage_months.source_dataset,
        vintage_months.classification,
        vintage_months.month,
        published.area_type,
        published.offence_group
    from published
    inner join vintage_months using (source_dataset, source_vintage, month)

),

final as (

    select
        vintage_months.*,
        groups_of_month.area_type,
        groups_of_month.offence_group,
        coalesce(published.offence_count, 0) as offence_count
    from vintage_months
    inner join groups_of_month using (source_dataset, classification, month)
    left join published using (source_dataset, source_vintage, area_type, offence_group, month)

)

select * from final
