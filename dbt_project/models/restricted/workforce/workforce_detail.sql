with people as (

    select * from {{ ref('int_workforce__people') }}

),

forces as (

    select * from {{ ref('dim_force') }}

),

final as (

    select
        people.force_code,
        people.as_at_date,
        people.unit_code,
        people.worker_type,
        people.rank_code,
        people.sex,
        people.ethnicity,
        forces.force_name,
        people.headcount,
        people.fte,
        people.source_dataset,
        people.source_vintage,
        people.is_generated
    from people
    inner join forces using (force_code)

)

select * from final
