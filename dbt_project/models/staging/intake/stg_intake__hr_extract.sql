with feed as (

    {{ this_refresh('intake_hr_extract') }}

),

authorities as (

    select *
    from {{ ref('ref_authority') }}
    where force_code = '{{ var("force_code") }}'

),

final as (

    select
        feed.source_dataset,
        feed.source_vintage,
        feed.vintage_order,
        feed.file_period_end,
        feed.is_generated,
        authorities.authority_code,
        '{{ var("force_code") }}' as force_code,
        feed.as_at_date,
        feed.unit_code,
        feed.worker_type,
        feed.rank_code,
        feed.sex,
        feed.ethnicity,
        feed.headcount,
        feed.fte
    from feed
    left join authorities
        on feed.as_at_date between authorities.valid_from and coalesce(authorities.valid_to, 'infinity')

)

select * from final
