with area_months as (

    select * from {{ ref('int_kpi__crime_area_months') }}

),

noted as (

    select * from {{ ref('int_crime__noted_months') }}

),

areas as (

    select * from {{ ref('ref_borough') }}

),

-- Everything the release counts, the airports and the unknown place with it.
police_area as (

    select
        kpi_code,
        month,
        source_dataset,
        source_vintage,
        classification,
        series_code,
        is_generated,
        sum(offence_count) as offence_count
    from area_months
    group by kpi_code, month, source_dataset, source_vintage, classification, series_code, is_generated

),

figures as (

    select
        kpi_code,
        area_code,
        month,
        source_dataset,
        source_vintage,
        classification,
        series_code,
        is_generated,
        offence_count::numeric as value
    from area_months

    union all

    select
        police_area.kpi_code,
        areas.area_code,
        police_area.month,
        police_area.source_dataset,
        police_area.source_vintage,
        police_area.classification,
        police_area.series_code,
        police_area.is_generated,
        police_area.offence_count::numeric as value
    from police_area
    inner join areas on areas.area_type = 'police_area'

),

final as (

    select
        figures.*,
        noted.note_code
    from figures
    left join noted using (source_dataset, source_vintage, month)

)

select * from final
