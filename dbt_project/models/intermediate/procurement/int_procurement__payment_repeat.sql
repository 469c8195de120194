with payments as (

    select * from {{ ref('int_procurement__payment_line') }}

),

files as (

    select
        _batch_id,
        body_folder,
        source_vintage,
        vintage_order,
        count(*) as line_count
    from payments
    group by _batch_id, body_folder, source_vintage, vintage_order

),

lines as (

    select
        _batch_id,
        body_folder,
        line_key,
        count(*) as line_count
    from payments
    group by _batch_id, body_folder, line_key

),

shared as (

    select
        one._batch_id,
        other._batch_id as other_batch_id,
        sum(least(one.line_count, other.line_count)) as shared_count
    from lines as one
    inner join lines as other
        on
            one.body_folder = other.body_folder
            and one.line_key = other.line_key
            and one._batch_id <> other._batch_id
    group by one._batch_id, other._batch_id

),

-- Two files that share half of the shorter one say the same twice. The later one stands; but a file of more than twice
-- the length, a year's beside a month's, stands whenever it came.
final as (

    select distinct on (mine._batch_id)
        mine._batch_id,
        mine.body_folder,
        mine.source_vintage,
        mine.line_count,
        other.source_vintage as repeated_in,
        shared.shared_count
    from shared
    inner join files as mine using (_batch_id)
    inner join files as other on shared.other_batch_id = other._batch_id
    where
        2 * shared.shared_count >= least(mine.line_count, other.line_count)
        and case
            when other.line_count > 2 * mine.line_count then true
            when mine.line_count > 2 * other.line_count then false
            else (mine.vintage_order, mine._batch_id) < (other.vintage_order, other._batch_id)
        end
    order by mine._batch_id asc, shared.shared_count desc, {{ by_letters('other._batch_id') }} asc

)

select * from final
