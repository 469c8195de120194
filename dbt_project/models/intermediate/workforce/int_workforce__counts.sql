with workbooks as (

    select * from {{ ref('stg_home_office__workforce_table') }}

),

open_data as (

    select * from {{ ref('stg_home_office__workforce_open_data') }}

),

met as (

    select * from {{ ref('stg_met__strength') }}

),

worker_types as (

    select * from {{ ref('ref_worker_type') }}

),

-- What adds others up is a check of its workbook and no count of anybody.
of_workbooks as (

    select
        source_dataset,
        source_vintage,
        vintage_order,
        is_generated,
        force_code,
        worker_type,
        as_at_date,
        fte,
        headcount,
        missing_reason,
        citation
    from workbooks
    inner join worker_types using (worker_type)
    where coverage = 'full' and row_kind = 'row' and not worker_types.is_total

),

of_open_data as (

    select
        source_dataset,
        source_vintage,
        vintage_order,
        is_generated,
        force_code,
        worker_type,
        as_at_date,
        sum(fte) as fte,
        sum(headcount) as headcount,
        null as missing_reason,
        null as citation
    from open_data
    where coverage = 'full'
    group by source_dataset, source_vintage, vintage_order, is_generated, force_code, worker_type, as_at_date

),

of_met as (

    select
        source_dataset,
        source_vintage,
        vintage_order,
        is_generated,
        force_code,
        worker_type,
        as_at_date,
        fte,
        null::bigint as headcount,
        null as missing_reason,
        null as citation
    from met
    where coverage = 'full'

),

final as (

    select * from of_workbooks
    union all
    select * from of_open_data
    union all
    select * from of_met

)

select * from final
