with statements as (

    select * from {{ ref('stg_intake__estate_occupancy') }}

),

final as (

    {{ standing_statements('statements', ['body_code', 'asset_id']) }}

)

select * from final
