{{ config(materialized='table') }}

with published as (

    select * from {{ ref('stg_met__ward_crime') }}

),

boroughs as (

    select * from {{ ref('ref_borough') }}

),

-- Most cells are zero and releases leave out what is zero throughout, so that a zero says nothing. The ward with the
-- airport comes twice: the part under the command that polices the airport has a code of its own. What nobody has
-- mapped stays without a code, for a test to find.
final as (

    select
        published.source_dataset,
        published.source_vintage,
        published.vintage_order,
        published.is_generated,
        published.force_code,
        published.classification,
        case
            when boroughs.area_type <> 'borough' then published.ward_code || '.' || published.borough_code
            else published.ward_code
        end as area_code,
        max(
            case
                when boroughs.area_type <> 'borough' then published.ward_name || ', ' || boroughs.area_name
                else published.ward_name
            {{ by_letters('end') }}
        ) as area_name,
        'ward' as area_type,
        published.borough_code,
        published.offence_code,
        published.month,
        sum(published.offence_count)::bigint as offence_count
    from published
    left join boroughs on published.borough_code = boroughs.area_code
    where published.coverage = 'full' and published.offence_count > 0
    group by
        published.vintage_order,
        published.month,
        published.ward_code,
        published.borough_code,
        published.offence_code,
        boroughs.area_type,
        published.source_dataset,
        published.source_vintage,
        published.is_generated,
        published.force_code,
        published.classification

)

select * from final
