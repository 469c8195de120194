with sides as (

    select * from {{ ref('int_estates__nhs_side') }}

),

measures as (

    select
        sides.*,
        figures.measure,
        figures.trust_value,
        figures.site_sum
    from sides
    cross join
        lateral (
            values
            ('gross_area_sqm', sides.trust_gross_area_sqm, sides.site_gross_area_sqm),
            ('occupied_area_sqm', sides.trust_occupied_area_sqm, sides.site_occupied_area_sqm),
            ('footprint_sqm', sides.trust_footprint_sqm, sides.site_footprint_sqm)
        ) as figures (measure, trust_value, site_sum)

),

final as (

    select
        organisation_code,
        financial_year,
        measure,
        organisation_name,
        site_count,
        trust_value,
        site_sum,
        trust_value - site_sum as difference,
        case
            when trust_value is null and site_sum is null then 'none'
            when trust_value is null then 'sites_only'
            when site_sum is null then 'trust_only'
            when trust_value = site_sum then 'exact'
            else 'differs'
        end as outcome,
        source_dataset,
        source_vintage,
        is_generated
    from measures

)

select * from final
