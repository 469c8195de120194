with strength as (

    select * from {{ ref('int_workforce__shown_strength') }}

),

forces as (

    select * from {{ ref('dim_force') }}

),

populations as (

    select * from {{ ref('int_population__of_force') }}

),

worker_types as (

    select * from {{ ref('ref_worker_type') }}

),

officers as (

    select *
    from strength
    where worker_type = 'police_officer'

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
        strength.is_suppressed,
        round(
            case
                when strength.fte is not null then strength.fte / nullif(officers.fte, 0)
                else strength.headcount::numeric / nullif(officers.headcount, 0)
            end, 4
        ) as per_officer,
        round(1000 * coalesce(strength.fte, strength.headcount) / nullif(populations.population, 0), 3)
            as per_1000_people,
        populations.population,
        populations.population_year,
        populations.rule_code as population_rule,
        populations.source_dataset as population_source,
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
    left join populations
        on
            strength.force_code = populations.force_code
            and {{ financial_year_start('strength.as_at_date') }} = populations.year_start

)

select * from final
