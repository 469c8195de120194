with trusts as (

    select * from {{ ref('stg_nhs__trust_estate') }}

),

sites as (

    select * from {{ ref('stg_nhs__site_estate') }}

),

sums as (

    select
        financial_year,
        organisation_code,
        min(organisation_name collate "C") as organisation_name,
        count(*)::integer as site_count,
        sum(gross_area_sqm) as gross_area_sqm,
        sum(occupied_area_sqm) as occupied_area_sqm,
        sum(footprint_sqm) as footprint_sqm,
        min(source_dataset collate "C") as source_dataset,
        min(source_vintage collate "C") as source_vintage,
        bool_or(is_generated) as is_generated
    from sites
    group by financial_year, organisation_code

),

final as (

    select
        coalesce(trusts.financial_year, sums.financial_year) as financial_year,
        coalesce(trusts.organisation_code, sums.organisation_code) as organisation_code,
        coalesce(trusts.organisation_name, sums.organisation_name) as organisation_name,
        coalesce(sums.site_count, 0) as site_count,
        trusts.gross_area_sqm as trust_gross_area_sqm,
        sums.gross_area_sqm as site_gross_area_sqm,
        trusts.occupied_area_sqm as trust_occupied_area_sqm,
        sums.occupied_area_sqm as site_occupied_area_sqm,
        trusts.footprint_sqm as trust_footprint_sqm,
        sums.footprint_sqm as site_footprint_sqm,
        coalesce(trusts.source_dataset, sums.source_dataset) as source_dataset,
        coalesce(trusts.source_vintage, sums.source_vintage) as source_vintage,
        coalesce(trusts.is_generated, false) or coalesce(sums.is_generated, false) as is_generated
    from trusts
    full join sums
        on trusts.financial_year = sums.financial_year and trusts.organisation_code = sums.organisation_code

)

select * from final
