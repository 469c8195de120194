with feed as (

    {{ this_refresh('spend_over_threshold') }}

),

bodies as (

    select * from {{ ref('ref_body_folder') }}

),

-- A list of sums by supplier has no days: it is of the month that its file is named after.
final as (

    select
        feed.source_dataset,
        feed.source_vintage,
        feed.vintage_order,
        feed.coverage,
        feed.is_generated,
        feed.body_code as body_folder,
        bodies.body_name,
        bodies.body_kind,
        bodies.country,
        feed.paid_date,
        coalesce(feed.paid_date, feed.file_period_end) as booked_date,
        {{ financial_year_name(financial_year_start('coalesce(feed.paid_date, feed.file_period_end)')) }}
            as financial_year,
        feed.period_number,
        feed.amount_gbp,
        case when feed.amount_heading ~* '\mnett?\M' then 'net' else 'unknown' end as amount_basis,
        coalesce(trim(feed.supplier_name), '') as supplier_name,
        feed.supplier_id,
        feed.reference,
        feed.category,
        feed.department,
        feed.line_hash,
        feed._batch_id,
        feed._row_number,
        feed._sheet
    from feed
    inner join bodies on feed.body_code = bodies.body_folder

)

select * from final
