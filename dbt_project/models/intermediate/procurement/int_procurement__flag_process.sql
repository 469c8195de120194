with register as (

    select * from {{ ref('contract_register') }}
    where source_dataset <> 'papers'

),

processes as (

    select * from {{ ref('stg_ocds__process') }}

),

noticed as (

    select
        register.*,
        processes.tenderer_count,
        processes.tender_closes_date,
        coalesce(processes.tender_published_date, register.published_date) as called_date,
        sum(register.value_gbp) over (partition by register.ocid) as awarded_gbp
    from register
    inner join processes using (ocid)

),

judged as (

    select
        noticed.*,
        flag.flag_code,
        flag.measured_value
    from noticed
    cross join lateral (
        values
        ('single_bidder', case when noticed.award_id <> 'none' then noticed.tenderer_count::numeric end),
        -- A first notice after the closing day says nothing about the call: it is the award's.
        (
            'short_tender_period',
            case
                when
                    noticed.procurement_method in ('open', 'selective')
                    and noticed.tender_closes_date >= noticed.called_date
                    then (noticed.tender_closes_date - noticed.called_date)::numeric
            end
        ),
        (
            'award_above_tender',
            case
                when noticed.value_status = 'stated' and noticed.tender_value_status = 'stated'
                    then round(noticed.awarded_gbp / noticed.tender_value_gbp, 2)
            end
        ),
        -- One where the notice says itself that nobody else was asked.
        (
            'award_without_notice',
            case
                when
                    noticed.award_id <> 'none'
                    and (
                        noticed.procurement_method in ('direct', 'limited')
                        or noticed.procurement_method_details
                        ~* 'without (prior )?publication|single tender|direct award'
                    )
                    then 1
            end
        )
    ) as flag (flag_code, measured_value)

),

final as (

    select * from judged
    where measured_value is not null

)

select * from final
