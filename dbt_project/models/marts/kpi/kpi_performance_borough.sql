with verdicts as (

    select * from {{ ref('int_kpi__verdict') }}
    where area_type <> 'police_area'

),

classifications as (

    select distinct
        classification,
        classification_name
    from {{ ref('ref_offence_classification') }}

),

final as (

    select
        verdicts.kpi_code,
        verdicts.area_code as borough_code,
        verdicts.financial_year,
        verdicts.source_dataset,
        verdicts.source_vintage,
        verdicts.area_name as borough_name,
        verdicts.area_type,
        {{ kpi_answer() }}
    from verdicts
    left join classifications using (classification)

)

select * from final
