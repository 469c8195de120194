with feed as (

    select * from {{ source('raw', 'intake_hr_extract') }}

),

refresh_inputs as (

    select * from {{ source('audit', 'refresh_input') }}

),

authorities as (

    select *
    from {{ ref('ref_authority') }}
    where force_code = '{{ var("force_code") }}'

),

final as (

    select
        refresh_inputs.dataset as source_dataset,
        refresh_inputs.vintage as source_vintage,
        refresh_inputs.vintage_order,
        refresh_inputs.period_end as file_period_end,
        refresh_inputs.is_generated,
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
    from refresh_inputs
    inner join feed on refresh_inputs.batch_id = feed._batch_id
    left join authorities
        on feed.as_at_date between authorities.valid_from and coalesce(authorities.valid_to, 'infinity')
    where refresh_inputs.refresh_id = '{{ refresh_id() }}'

)

select * from final
