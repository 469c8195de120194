with points as (

    select * from {{ ref('int_kpi__points') }}

),

-- A search for shifts walks along a chart: in an array each point is at hand by its place.
final as (

    select
        kpi_code,
        area_code,
        series_code,
        chart_phase,
        count(*)::integer as points,
        array_agg(running_total order by point) as totals,
        array_agg(case when is_whole_shift then lowest_of_shift end order by point) as lowest,
        array_agg(case when is_whole_shift then highest_of_shift end order by point) as highest
    from points
    group by kpi_code, area_code, series_code, chart_phase

)

select * from final
