with awards as (

    select * from {{ ref('int_procurement__award') }}

),

suppliers as (

    select * from {{ ref('int_procurement__award_supplier') }}

),

names as (

    select *
    from {{ ref('int_procurement__party_name') }}
    where party_role = 'supplier'

),

releases as (

    select
        ocid,
        count(*) as release_count,
        min(released_at) as first_released_at,
        max(released_at) as last_released_at,
        string_agg(release_id, '; ' order by release_order) as release_ids
    from {{ ref('stg_ocds__release') }}
    group by ocid

),

supplied as (

    select
        suppliers.ocid,
        suppliers.award_id,
        count(*) as supplier_count,
        min({{ by_letters('suppliers.supplier_code') }}) as supplier_code,
        string_agg(names.party_name, '; ' order by {{ by_letters('names.party_name') }}) as supplier_name
    from suppliers
    inner join names on suppliers.supplier_code = names.party_code
    group by suppliers.ocid, suppliers.award_id

),

final as (

    select
        awards.*,
        coalesce(buyers.buyer_code, 'unknown') as buyer_code,
        coalesce(buyers.buyer_name, 'Unknown') as buyer_name,
        buyers.published_buyer_name,
        coalesce(buyers.is_police, false) as is_police,
        coalesce(supplied.supplier_count, 0)::integer as supplier_count,
        case
            when awards.award_id = 'none' then 'none'
            when supplied.supplier_count > 1 then 'several'
            else coalesce(supplied.supplier_code, 'unknown')
        end as supplier_code,
        case
            when awards.award_id = 'none' then 'None'
            else coalesce(supplied.supplier_name, 'Unknown')
        end as supplier_name,
        releases.release_count::integer as release_count,
        releases.release_ids,
        (releases.first_released_at at time zone 'Europe/London')::date as published_date,
        (releases.last_released_at at time zone 'Europe/London')::date as last_published_date
    from awards
    inner join releases using (ocid)
    left join {{ ref('int_procurement__buyer') }} as buyers using (ocid)
    left join supplied using (ocid, award_id)

)

select * from final
