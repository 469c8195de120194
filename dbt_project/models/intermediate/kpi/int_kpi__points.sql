{{ config(materialized='table') }}

with months as (

    select * from {{ ref('int_kpi__months') }}
    where note_code is null

),

settings as (

    select max(setting_value) filter (where setting_code = 'shift_points')::integer as shift_points
    from {{ ref('ref_xmr_setting') }}

),

-- A figure of twelve months shares nine of them with the quarter's before it: it stands on the chart of the years that
-- end with the same month, which share none.
charted as (

    select
        *,
        case when is_rolling then extract(month from month)::integer else 0 end as chart_phase,
        case when is_rolling then interval '1 year' else interval '1 month' end as step
    from months

),

final as (

    select
        kpi_code,
        area_code,
        series_code,
        chart_phase,
        is_rolling,
        month,
        value,
        row_number() over chart as point,
        sum(value) over chart as running_total,
        case when month = lag(month) over chart + step then value - lag(value) over chart end as change,
        min(value) over shift as lowest_of_shift,
        max(value) over shift as highest_of_shift,
        count(*) over shift = (select settings.shift_points from settings) as is_whole_shift
    from charted
    window
        chart as (partition by kpi_code, area_code, series_code, chart_phase order by month),
        -- PostgreSQL takes a subquery as a frame's end; the linter's grammar does not.
        shift as (chart rows between current row and (select shift_points - 1 from settings) following)  -- noqa: PRS

)

select * from final
