with statements as (

    select * from {{ ref('stg_intake__estate_running_cost') }}

),

final as (

    {{ standing_statements('statements', ['body_code', 'asset_id', 'financial_year']) }}

)

select * from final
