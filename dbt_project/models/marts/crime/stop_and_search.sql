with cells as (

    select * from {{ ref('int_crime__search_cells') }}

),

closed as (

    {{ closed_cells('stop_and_search', 'searches', {
        'force_code': 'text', 'month': 'date', 'ethnicity': 'text', 'age_band': 'text', 'outcome': 'text'
    }) }}

),

noted as (

    select * from {{ ref('int_crime__noted_search_months') }}

),

judged as (

    select
        cells.*,
        closed.force_code is not null as is_withheld
    from cells
    left join closed using (force_code, month, ethnicity, age_band, outcome)

),

counted as (

    select
        force_code,
        month,
        case when is_withheld then 'withheld' else ethnicity end as ethnicity,
        case when is_withheld then 'withheld' else age_band end as age_band,
        case when is_withheld then 'withheld' else outcome end as outcome,
        sum(search_count) as search_count,
        is_withheld as is_controlled,
        source_dataset,
        max(source_vintage collate "C") as source_vintage,
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

),

final as (

    select
        force_code,
        month,
        counted.ethnicity,
        counted.age_band,
        counted.outcome,
        {{ rounded('counted.search_count', 'stop_and_search') }}::bigint as search_count,
        counted.is_controlled,
        coalesce(noted.note_code, 'none') as note_code,
        counted.source_dataset,
        counted.source_vintage,
        counted.is_generated
    from counted
    left join noted using (force_code, month)

)

select * from final
