with awards as (

    select
        register.*,
        suppliers.supplier_code as party_code,
        suppliers.supplier_name as party_name
    from {{ ref('contract_register') }} as register
    inner join {{ ref('contract_supplier') }} as suppliers using (ocid, award_id)
    where register.value_status = 'stated' and register.award_date is not null and register.supplier_count = 1

),

thresholds as (

    select * from {{ ref('ref_procurement_threshold') }}

),

near as (

    select
        awards.*,
        thresholds.threshold_code,
        thresholds.threshold_gbp
    from awards
    inner join thresholds
        on
            awards.award_date between thresholds.valid_from and coalesce(thresholds.valid_to, 'infinity')
            and awards.value_gbp >= 0.9 * thresholds.threshold_gbp
            and awards.value_gbp < thresholds.threshold_gbp

),

-- Each with those of the twelve months before it: the flag stands at the last of a run.
final as (

    select
        later.ocid,
        later.award_id,
        later.threshold_code,
        later.threshold_gbp,
        later.party_code,
        later.party_name,
        count(*) as award_count,
        sum(earlier.value_gbp) as awarded_gbp,
        string_agg(
            earlier.release_ids, '; ' order by earlier.award_date, {{ by_letters('earlier.ocid') }}
        ) as release_ids
    from near as later
    inner join near as earlier
        on
            later.buyer_code = earlier.buyer_code
            and later.party_code = earlier.party_code
            and later.threshold_code = earlier.threshold_code
            and earlier.award_date between later.award_date - interval '12 months' and later.award_date
    group by
        later.ocid, later.award_id, later.threshold_code, later.threshold_gbp, later.party_code, later.party_name

)

select * from final
