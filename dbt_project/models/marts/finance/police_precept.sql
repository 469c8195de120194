with requirements as (

    select * from {{ ref('stg_mhclg__council_tax_requirement') }}

),

bodies as (

    select * from {{ ref('ref_police_body') }}

),

authorities as (

    select * from {{ ref('ref_authority') }}

),

-- A corrected workbook replaces its year's earlier one whole.
ordered as (

    select
        *,
        {{ financial_year_first_day('financial_year') }} as first_day,
        vintage_order = max(vintage_order) over (partition by source_dataset, financial_year) as is_latest
    from requirements
    where coverage = 'full'

),

precepts as (

    select *
    from ordered
    where is_latest and body_code is not null

),

final as (

    select
        precepts.body_code,
        precepts.financial_year,
        bodies.body_name,
        precepts.published_name,
        precepts.requirement_gbp as council_tax_requirement_gbp,
        precepts.tax_base,
        precepts.band_d_gbp,
        round(100 * (precepts.band_d_gbp - previous.band_d_gbp) / nullif(previous.band_d_gbp, 0), 2)
            as band_d_change_pct,
        round(
            100 * (precepts.band_d_gbp - precepts.previous_band_d_gbp) / nullif(precepts.previous_band_d_gbp, 0), 2
        ) as band_d_change_stated_pct,
        rank() over (partition by precepts.financial_year order by precepts.band_d_gbp desc)::integer as rank_band_d,
        coalesce(authorities.authority_code, 'none') as authority_code,
        precepts.source_dataset,
        precepts.source_vintage,
        precepts.citation,
        precepts.is_generated
    from precepts
    inner join bodies using (body_code)
    left join precepts as previous
        on precepts.body_code = previous.body_code and precepts.first_day = previous.first_day + interval '1 year'
    left join authorities
        on
            precepts.body_code = authorities.force_code
            and precepts.first_day between authorities.valid_from and coalesce(authorities.valid_to, 'infinity')

)

select * from final
