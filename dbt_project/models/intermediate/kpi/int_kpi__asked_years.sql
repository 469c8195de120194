with targets as (

    select * from {{ ref('int_kpi__target') }}

),

measured as (

    select * from {{ ref('int_kpi__years') }}

),

months as (

    select * from {{ ref('int_kpi__months') }}

),

whole as (

    select * from {{ ref('ref_borough') }}
    where area_type = 'police_area'

),

-- A target is the whole police area's. A year that a feed has begun, or has in two series, is asked for too: it has no
-- figure, and says so.
final as (

    select
        targets.kpi_code,
        whole.area_code,
        targets.year_start
    from targets
    cross join whole

    union

    select
        kpi_code,
        area_code,
        year_start
    from measured

    union

    select
        months.kpi_code,
        months.area_code,
        {{ financial_year_start('months.month') }} as year_start
    from months
    inner join whole using (area_code)

)

select * from final
