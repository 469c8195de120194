with months as (

    select * from {{ ref('int_kpi__months') }}

),

-- Twelve months in a row, all of one series.
totals as (

    select
        *,
        case
            when
                not is_rolling and count(*) filter (where note_code is null) over twelve_months = 12
                then sum(value) over twelve_months
        end as twelve_month_total
    from months
    window twelve_months as (
        partition by kpi_code, area_code, series_code
        order by month range between interval '11 months' preceding and current row
    )

),

final as (

    select
        totals.*,
        totals.value - year_before.value as change_on_year,
        year_before.value as year_before_value,
        year_before.twelve_month_total as year_before_total
    from totals
    left join totals as year_before
        on
            totals.kpi_code = year_before.kpi_code
            and totals.area_code = year_before.area_code
            and totals.series_code = year_before.series_code
            and totals.month = year_before.month + interval '1 year'
            and num_nonnulls(totals.note_code, year_before.note_code) = 0

)

select * from final
