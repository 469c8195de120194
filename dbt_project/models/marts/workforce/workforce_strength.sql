with strength as (

    select * from {{ ref('int_workforce__strength') }}

),

forces as (

    select * from {{ ref('dim_force') }}

),

people as (

    select * from {{ ref('int_workforce__population') }}

),

worker_types as (

    select * from {{ ref('ref_worker_type') }}

),

officers as (

    select
        force_code,
        as_at_date,
        source_dataset,
        fte as officers_fte,
        headcount as officers_headcount
    from strength
    where is_latest and worker_type = 'police_officer'

),

-- Like is held against like: hours against hours, and heads against heads where there are no hours.
final as (

    select
        strength.force_code,
        strength.worker_type,
        strength.as_at_date,
        strength.source_dataset,
        forces.force_name,
        worker_types.worker_type_name,
        strength.fte,
        strength.headcount,
        strength.missing_reason,
        false as is_suppressed,
        round(
            case
                when strength.fte is not null then strength.fte / nullif(officers.officers_fte, 0)
                else strength.headcount::numeric / nullif(officers.officers_headcount, 0)
            end, 4
        ) as per_officer,
        round(1000 * coalesce(strength.fte, strength.headcount) / nullif(people.population, 0), 3) as per_1000_people,
        strength.is_restated,
        strength.previous_vintage,
        strength.previous_fte,
        strength.previous_headcount,
        strength.fte - strength.previous_fte as fte_change_on_previous_vintage,
        strength.source_vintage,
        strength.citation,
        strength.is_generated
    from strength
    inner join forces using (force_code)
    inner join worker_types using (worker_type)
    left join officers using (force_code, as_at_date, source_dataset)
    left join people
        on
            strength.force_code = people.force_code
            and {{ financial_year_start('strength.as_at_date') }} = people.year_start
    where strength.is_latest

)

select * from final
