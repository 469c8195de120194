with vintage_months as (

    select * from {{ ref('int_crime__vintage_months') }}

),

breaks as (

    select * from {{ ref('ref_series_break') }}

),

final as (

    select distinct on (vintage_months.source_dataset, vintage_months.source_vintage, vintage_months.month)
        vintage_months.*,
        concat_ws('.', vintage_months.classification, breaks.break_code) as series_code
    from vintage_months
    left join breaks
        on
            vintage_months.source_dataset = breaks.source_dataset
            and vintage_months.month >= breaks.break_month
    order by
        vintage_months.source_dataset asc,
        vintage_months.source_vintage asc,
        vintage_months.month asc,
        breaks.break_month desc

)

select * from final
