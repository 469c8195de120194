with people as (

    select * from {{ ref('int_workforce__people') }}

),

-- Everybody of a rank, and the same people once by sex and once by ethnicity.
final as (

    select
        force_code,
        as_at_date,
        worker_type,
        rank_code,
        source_dataset,
        source_vintage,
        coalesce(sex, ethnicity, 'all') as category,
        case
            when grouping(sex) = 0 then 'sex'
            when grouping(ethnicity) = 0 then 'ethnicity'
            else 'all'
        end as breakdown,
        initcap(replace(rank_code, '_', ' ')) as rank_name,
        sum(headcount) as headcount,
        sum(fte) as fte,
        bool_or(is_generated) as is_generated
    from people
    group by
        force_code, as_at_date, worker_type, rank_code, source_dataset, source_vintage,
        grouping sets ((sex), (ethnicity), ())

)

select * from final
