with by_rank as (

    {{ closed_cells('workforce', 'by_rank', {
        'force_code': 'text', 'as_at_date': 'date', 'worker_type': 'text', 'rank_code': 'text'
    }) }}

),

by_sex as (

    {{ closed_cells('workforce', 'by_sex', {
        'force_code': 'text', 'as_at_date': 'date', 'worker_type': 'text', 'rank_code': 'text', 'sex': 'text'
    }) }}

),

by_ethnicity as (

    {{ closed_cells('workforce', 'by_ethnicity', {
        'force_code': 'text', 'as_at_date': 'date', 'worker_type': 'text', 'rank_code': 'text', 'ethnicity': 'text'
    }) }}

),

final as (

    select
        *,
        'all' as breakdown,
        'all' as category
    from by_rank
    union all
    select
        force_code,
        as_at_date,
        worker_type,
        rank_code,
        'sex' as breakdown,
        sex as category
    from by_sex
    union all
    select
        force_code,
        as_at_date,
        worker_type,
        rank_code,
        'ethnicity' as breakdown,
        ethnicity as category
    from by_ethnicity

)

select * from final
