with strength as (

    select * from {{ ref('int_workforce__strength') }}

),

counted_as as (

    select * from {{ ref('ref_workforce_plan_actual') }}

),

expected as (

    select
        staff_group,
        source_dataset,
        count(*) as kinds
    from counted_as
    group by staff_group, source_dataset

),

-- A group of the plan may be several kinds of worker in a source; with one of them missing, the sum would be short.
final as (

    select
        counted_as.staff_group,
        strength.force_code,
        strength.source_dataset,
        strength.as_at_date,
        case when count(strength.fte) = expected.kinds then sum(strength.fte) end as actual_fte,
        case when count(strength.headcount) = expected.kinds then sum(strength.headcount)::bigint end
            as actual_headcount,
        string_agg(
            distinct {{ by_letters('strength.source_vintage') }},
            ', ' order by {{ by_letters('strength.source_vintage') }}
        )
            as source_vintage,
        bool_or(strength.is_generated) as is_generated
    from strength
    inner join counted_as using (source_dataset, worker_type)
    inner join expected using (staff_group, source_dataset)
    where strength.is_latest
    group by
        counted_as.staff_group, strength.force_code, strength.source_dataset, strength.as_at_date, expected.kinds

)

select * from final
