with cells as (

    select * from {{ ref('int_crime__search_cells') }}

),

rules as (

    select * from {{ ref('ref_disclosure_rule') }}
    where mart = 'stop_and_search'

),

-- The cells of a force and month from the smallest up; equal ones in an order that every night repeats.
ranked as (

    select
        cells.*,
        rules.minimum_count,
        rules.minimum_cells,
        min(cells.search_count) over (partition by cells.force_code, cells.month) as smallest_count,
        row_number() over upwards as place,
        sum(cells.search_count) over upwards - cells.search_count as smaller_together
    from cells
    cross join rules
    window upwards as (
        partition by cells.force_code, cells.month
        order by cells.search_count, cells.ethnicity, cells.age_band, cells.outcome
        rows between unbounded preceding and current row
    )

),

-- A small cell is withheld, and with it the next ones up, until there are enough cells and searches to hide it among.
judged as (

    select
        *,
        search_count < minimum_count
        or (smallest_count < minimum_count and (place <= minimum_cells or smaller_together < minimum_count))
            as is_withheld
    from ranked

),

final as (

    select
        force_code,
        month,
        case when is_withheld then 'withheld' else ethnicity end as ethnicity,
        case when is_withheld then 'withheld' else age_band end as age_band,
        case when is_withheld then 'withheld' else outcome end as outcome,
        sum(search_count)::bigint as search_count,
        is_withheld as is_controlled,
        source_dataset,
        max(source_vintage) as source_vintage,
        bool_or(is_generated) as is_generated
    from judged
    group by
        force_code,
        month,
        case when is_withheld then 'withheld' else ethnicity end,
        case when is_withheld then 'withheld' else age_band end,
        case when is_withheld then 'withheld' else outcome end,
        is_withheld,
        source_dataset

)

select * from final
