with figures as (

    select * from {{ ref('int_benchmark__figures') }}

),

measures as (

    select * from {{ ref('ref_benchmark_measure') }}

),

notes as (

    select * from {{ ref('ref_benchmark_note') }}

),

-- A noted figure is shown and stays out of ranks, national values and signals.
final as (

    select
        figures.*,
        measures.measure_name,
        measures.unit,
        measures.better,
        coalesce(notes.note_code, 'none') as note_code,
        figures.value is not null and notes.note_code is null as is_compared
    from figures
    inner join measures using (measure_code)
    left join notes
        on
            figures.force_code = notes.force_code
            and measures.is_per_resident

)

select * from final
