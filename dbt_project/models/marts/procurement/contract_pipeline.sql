with contracts as (

    select * from {{ ref('contract_register') }}
    where end_date is not null and stage <> 'ended'

),

dated as (

    select
        *,
        date '{{ business_date() }}' as business_date,
        {{ whole_months_until('end_date') }} as months_to_end
    from contracts

),

-- Which other police bodies have notices of the same class of goods or services.
shared as (

    select
        mine.ocid,
        mine.award_id,
        count(distinct other.buyer_code)::integer as also_bought_by_count,
        string_agg(
            distinct {{ by_letters('other.buyer_name') }}, '; ' order by {{ by_letters('other.buyer_name') }}
        ) as also_bought_by
    from contracts as mine
    inner join {{ ref('contract_register') }} as other
        on mine.cpv_class_code = other.cpv_class_code and mine.buyer_code <> other.buyer_code and other.is_police
    where mine.cpv_class_code <> 'unknown'
    group by mine.ocid, mine.award_id

),

final as (

    select
        dated.ocid,
        dated.award_id,
        dated.buyer_code,
        dated.buyer_name,
        dated.is_police,
        dated.supplier_code,
        dated.supplier_name,
        dated.title,
        dated.stage,
        dated.cpv_code,
        dated.cpv_class_code,
        dated.value_gbp,
        dated.value_status,
        dated.start_date,
        dated.end_date,
        dated.end_date_basis,
        dated.business_date,
        dated.months_to_end,
        case
            when dated.end_date < dated.business_date then 'expired'
            when dated.end_date < dated.business_date + interval '6 months' then '0-6'
            when dated.end_date < dated.business_date + interval '12 months' then '6-12'
            when dated.end_date < dated.business_date + interval '24 months' then '12-24'
            else '24+'
        end as relet_window,
        coalesce(shared.also_bought_by_count, 0) as also_bought_by_count,
        coalesce(shared.also_bought_by, 'none') as also_bought_by,
        dated.coverage,
        dated.source_dataset,
        dated.source_vintage,
        dated.is_generated
    from dated
    left join shared using (ocid, award_id)

)

select * from final
