with statements as (

    select * from {{ ref('stg_intake__estate_asset') }}

),

-- A file is the whole register of its day. Of two of one day, the later one is the correction.
editions as (

    select
        *,
        max(vintage_order) over (partition by body_code, file_period_end) as order_of_the_day,
        max(file_period_end) over (partition by body_code) as last_day
    from statements

),

standing as (

    select *
    from editions
    where vintage_order = order_of_the_day

),

-- What a register last said of an asset: the newest one has it, or it has left.
final as (

    select distinct on (standing.body_code, standing.asset_id)
        standing.*,
        standing.file_period_end = standing.last_day as is_in_register,
        min(standing.as_at_date) over (partition by standing.body_code, standing.asset_id) as first_listed_date
    from standing
    order by standing.body_code asc, standing.asset_id asc, standing.file_period_end desc

)

select * from final
