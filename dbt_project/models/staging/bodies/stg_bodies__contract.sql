with feed as (

    {{ this_refresh('contract_register_list') }}

),

bodies as (

    select * from {{ ref('ref_body_folder') }}

),

ordered as (

    select
        *,
        max(vintage_order) over (partition by body_code) as newest
    from feed

),

-- A list is the whole register of its body, so that the latest one says all. A contract is known by its reference.
final as (

    select
        ordered.source_dataset,
        ordered.source_vintage,
        ordered.coverage,
        ordered.is_generated,
        ordered.file_period_end as as_at_date,
        bodies.body_name,
        bodies.body_kind,
        bodies.country,
        'register-' || ordered.body_code || '-' || {{ label_code('ordered.reference') }} as contract_code,
        ordered.reference,
        ordered.title,
        ordered.department,
        coalesce(trim(ordered.supplier_name), '') as supplier_name,
        case when ordered.supplier_register_id is null then '' else 'GB-COH' end as supplier_scheme,
        coalesce(ordered.supplier_register_id, '') as supplier_register_id,
        ordered.value_gbp,
        ordered.start_date,
        ordered.end_date,
        ordered.procurement_route
    from ordered
    inner join bodies on ordered.body_code = bodies.body_folder
    where ordered.vintage_order = ordered.newest

)

select * from final
