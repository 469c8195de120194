with cells as (

    select * from {{ ref('int_crime__search_cells') }}

),

closed as (

    {{ closed_cells('stop_and_search', 'searches', {
        'force_code': 'text', 'month': 'date', 'ethnicity': 'text', 'age_band': 'text', 'outcome': 'text'
    }) }}

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
        ethnicity,
        age_band,
        outcome,
        {{ rounded('search_count', 'stop_and_search') }}::bigint as search_count,
        is_controlled,
        source_dataset,
        source_vintage,
        is_generated
    from counted

)

select * from final
