with plans as (

    select * from {{ ref('int_savings__plan') }}

),

deliveries as (

    select * from {{ ref('int_savings__delivery') }}

),

-- What is reported joins the plan of its programme, year and time basis; what nobody planned stands alone.
joined as (

    select
        programme_code,
        financial_year,
        time_basis,
        coalesce(plans.document, 'none') as document,
        plans.document_date,
        plans.paper_row,
        coalesce(plans.programme_name, programmes.programme_name, programme_code) as programme_name,
        coalesce(plans.owner_area, programmes.owner_area, 'unknown') as owner_area,
        coalesce(programmes.parent_programme_code, 'none') as parent_programme_code,
        coalesce(programmes.parent_basis, 'none') as parent_basis,
        coalesce(programmes.is_component, false) as is_component,
        plans.qualifier,
        plans.planned_gbp,
        deliveries.delivered_gbp,
        deliveries.forecast_gbp,
        deliveries.expected_gbp,
        deliveries.as_at_date,
        plans.time_basis_printed,
        plans.period_start,
        plans.period_end,
        plans.stated_status,
        plans.description,
        coalesce(plans.authority_code, deliveries.authority_code) as authority_code,
        coalesce(plans.citation, 'none') as citation,
        coalesce(plans.basis, 'reported') as basis,
        coalesce(deliveries.source_dataset, 'none') as source_dataset,
        coalesce(deliveries.source_vintage, 'none') as source_vintage,
        coalesce(deliveries.is_generated, false) as is_generated,
        num_nonnulls(plans.planned_gbp, deliveries.delivered_gbp, deliveries.forecast_gbp) > 0 as has_amount
    from plans
    full join deliveries using (programme_code, financial_year, time_basis)
    left join {{ ref('int_savings__programme') }} as programmes using (programme_code)

),

-- An amount counts once a year: not of a part, not without a year where there is one, and of its latest paper only.
final as (

    select
        joined.*,
        joined.has_amount
        and not joined.is_component
        and (
            joined.financial_year <> 'unknown'
            or not bool_or(joined.financial_year <> 'unknown' and joined.has_amount)
                over (partition by joined.programme_code, joined.time_basis)
        )
        and row_number() over (
            partition by joined.programme_code, joined.financial_year, joined.time_basis
            order by
                joined.has_amount desc, {{ by_letters('joined.document_date') }} desc nulls last,
                {{ by_letters('joined.document') }} asc
        ) = 1 as is_counted
    from joined

)

select * from final
