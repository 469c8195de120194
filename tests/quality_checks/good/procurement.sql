-- A page of notices of each publisher of contracts, eight rows in the batch that all raw contracts look at.
insert into raw.contracts_finder (
    ocid, release_id, released_at, tags, buyer_id, buyer_name, tender_value, tender_currency, tender_minimum_value,
    award_id, awarded_at, award_value, award_currency, supplier_id, supplier_name, _batch_id, _row_number,
    _source_column
)
select
    'ocds-1', 'r-' || number, '2024-05-21T11:22:50Z', 'award', 'b1', 'Mayor''s Office', 100, 'GBP', null,
    'a1', '2024-05-21T00:00:00Z', 90.5, 'GBP', 's1', 'Supplier', 'b2', number, 'awards[0].suppliers[0]'
from generate_series(1, 8) as number;
insert into raw.find_a_tender (
    ocid, release_id, released_at, tags, buyer_id, buyer_name, tender_value, tender_currency, tender_minimum_value,
    award_id, awarded_at, award_value, award_currency, supplier_id, supplier_name, _batch_id, _row_number,
    _source_column
)
select
    'ocds-1', 'r-' || number, '2024-05-21T11:22:50Z', 'award', 'b1', 'Mayor''s Office', 100, 'GBP', null,
    'a1', '2024-05-21T00:00:00Z', 90.5, 'GBP', 's1', 'Supplier', 'b2', number, 'awards[0].suppliers[0]'
from generate_series(1, 8) as number;
