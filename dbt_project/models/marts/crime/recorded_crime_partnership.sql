with crimes as (

    select * from {{ ref('stg_ons__partnership_crime') }}
    where row_kind <> 'force' and coverage = 'full'

),

offences as (

    select * from {{ ref('ref_area_offence') }}

),

-- Of the twelve months to one day, the release that came last.
latest as (

    select
        *,
        max(vintage_order) over (partition by year_ending) as last_order
    from crimes

),

final as (

    select
        latest.force_code,
        case latest.row_kind when 'unassigned' then 'none' else latest.partnership_code end as partnership_code,
        latest.offence_code,
        latest.year_ending,
        case latest.row_kind
            when 'unassigned' then 'Placed in no partnership'
            else latest.partnership_name
        end as partnership_name,
        coalesce(
            latest.local_authority_code,
            case
                when latest.row_kind = 'unassigned' or latest.partnership_code like 'name-%' then 'none'
                else 'several'
            end
        ) as local_authority_code,
        offences.offence_name,
        coalesce(offences.parent_offence_code, 'none') as parent_offence_code,
        latest.offence_count,
        latest.source_dataset,
        latest.source_vintage,
        concat('line ', latest.line_number) as citation,
        latest.is_generated
    from latest
    inner join offences using (offence_code)
    where latest.vintage_order = latest.last_order

)

select * from final
