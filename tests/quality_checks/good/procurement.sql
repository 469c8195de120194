-- A page of notices of each publisher of contracts, eight rows in the batch that all raw contracts look at.
insert into raw.contracts_finder (
    ocid, release_id, released_at, tags, buyer_id, buyer_name, tender_value, tender_currency, tender_minimum_value,
    award_id, awarded_at, award_value, award_currency, supplier_id, supplier_name, _batch_id, _row_number,
    _source_column, release
)
select
    'ocds-1', 'r-' || number, '2024-05-21T11:22:50Z', 'award', 'b1', 'Mayor''s Office', 100, 'GBP', null,
    'a1', '2024-05-21T00:00:00Z', 90.5, 'GBP', 's1', 'Supplier', 'b2', number, 'awards[0].suppliers[0]', '{}'
from generate_series(1, 8) as number;
insert into raw.find_a_tender (
    ocid, release_id, released_at, tags, buyer_id, buyer_name, tender_value, tender_currency, tender_minimum_value,
    award_id, awarded_at, award_value, award_currency, supplier_id, supplier_name, _batch_id, _row_number,
    _source_column, release
)
select
    'ocds-1', 'r-' || number, '2024-05-21T11:22:50Z', 'award', 'b1', 'Mayor''s Office', 100, 'GBP', null,
    'a1', '2024-05-21T00:00:00Z', 90.5, 'GBP', 's1', 'Supplier', 'b2', number, 'awards[0].suppliers[0]', '{}'
from generate_series(1, 8) as number;

-- A batch of notices in the refresh, and the marts made of it: a process with an award to two suppliers, one without an
-- award, and a contract of a paper.
insert into audit.dataset (dataset, domain, title, publisher, licence, definition_hash)
values ('contracts_finder', 'procurement', 'Contracts Finder', 'Cabinet Office', 'OGL', 'd1');
insert into audit.source_file (dataset, sha256, bytes, name, address, fetched_at, licence, is_generated)
values ('contracts_finder', 'n1', 1, 'notices.json', 'inbox/notices.json', '2024-01-01', 'OGL', true);
insert into audit.batch (
    batch_id, dataset, sha256, definition_hash, layout, vintage, is_generated, status, records_read, records_loaded
) values ('n1', 'contracts_finder', 'n1', 'd1', 'release', '2024-05', true, 'accepted', 2, 2);
insert into audit.refresh_input (
    refresh_id, batch_id, dataset, vintage, vintage_order, layout, coverage, is_generated
) values ('r1', 'n1', 'contracts_finder', '2024-05', 1, 'release', 'full', true);
insert into raw.contracts_finder (ocid, release_id, released_at, tags, release, _batch_id, _row_number)
select ocid, ocid || '-1', '2024-05-21T11:22:50Z', 'award', '{}', 'n1', 1
from unnest(array['ocds-1', 'ocds-2']) as ocid;

insert into dim_supplier values
    ('unknown', 'Unknown', 'none', 'none', 0, 0, 'none', false),
    ('none', 'None', 'none', 'none', 0, 0, 'none', false),
    ('several', 'Several suppliers', 'none', 'none', 0, 0, 'none', false),
    ('coh-00000001', 'One Ltd', 'Companies House', '00000001', 2, 2, 'identifier', true),
    ('name-two', 'Two', 'none', 'none', 1, 1, 'name', true);
insert into party_resolution values
    ('supplier', 'One Ltd', 'GB-COH', '00000001', 'one limited', 'coh-00000001', 'One Ltd', 'identifier', 'Number', 'Add',
     2, 1, 'notice', true),
    ('supplier', 'ONE LTD', '', '', 'one limited', 'coh-00000001', 'One Ltd', 'name_of_registered', 'Name', 'Add',
     2, 1, 'notice', true),
    ('supplier', 'Two', '', '', 'two', 'name-two', 'Two', 'name', 'Name', 'Add', 1, 1, 'notice', true);
insert into contract_register (
    ocid, award_id, buyer_code, buyer_name, is_police, supplier_code, supplier_name, supplier_count, title, stage,
    tender_status, award_status, cpv_code, cpv_class_code, procurement_method, procurement_category, published_value,
    currency, value_gbp, value_status, first_value_gbp, is_value_corrected, tender_value_gbp, tender_value_status,
    start_date, end_date, end_date_basis, release_count, coverage, source_dataset, source_vintage, source_document,
    is_generated, release_ids
) values
    ('ocds-1', 'a1', 'metropolitan', 'Mayor''s Office', true, 'several', 'One Ltd; Two', 2, 'Radios', 'awarded',
     'complete', 'active', '32230000', '3223', 'open', 'goods', 90.5, 'GBP', 90.5, 'stated', 90.5, false, 100, 'stated',
     '2011-04-01', '2012-12-31', 'award', 1, 'full', 'contracts_finder', '2024-05', 'none', true, 'r-1; r-2'),
    ('ocds-2', 'none', 'kent', 'Kent Police', true, 'none', 'None', 0, 'Boats', 'tendered', 'active', 'none', '34500000',
     '3450', 'open', 'goods', null, null, null, 'none', null, false, 5, 'stated', null, null, 'none', 1, 'full',
     'contracts_finder', '2024-05', 'none', true, 'r-3'),
    ('paper-sap', 'none', 'metropolitan', 'Met', true, 'unknown', 'Unknown', 0, 'SAP', 'named', 'unknown', 'none',
     'unknown', 'unknown', 'unknown', 'unknown', null, null, null, 'absent', null, false, null, 'absent', null, null,
     'none', 0, 'full', 'papers', 'met_forward_two', 'met_forward_two', false, null);
insert into contract_supplier values
    ('ocds-1', 'a1', 'coh-00000001', 'One Ltd', 'One Ltd', 2, 'metropolitan', 'contracts_finder', '2024-05', true),
    ('ocds-1', 'a1', 'name-two', 'Two', 'Two', 2, 'metropolitan', 'contracts_finder', '2024-05', true);
insert into contract_pipeline (
    ocid, award_id, buyer_code, buyer_name, is_police, supplier_code, supplier_name, title, stage, cpv_code,
    cpv_class_code, value_gbp, value_status, start_date, end_date, end_date_basis, business_date, months_to_end,
    relet_window, also_bought_by_count, also_bought_by, coverage, source_dataset, source_vintage, is_generated
)
select
    ocid, award_id, buyer_code, buyer_name, is_police, supplier_code, supplier_name, title, stage, cpv_code,
    cpv_class_code, value_gbp, value_status, start_date, end_date, end_date_basis, date '2012-03-31', 9, '6-12', 0,
    'none', coverage, source_dataset, source_vintage, is_generated
from contract_register where end_date is not null;
insert into procurement_flag (
    flag_code, ocid, subject_id, award_id, flag_name, question, rule, measured_value, limit_value, evidence, buyer_code,
    buyer_name, is_police, supplier_code, supplier_name, reference, coverage, source_dataset, source_vintage, is_generated
)
select
    flag_code, 'ocds-1', 'a1', 'a1', 'Flag', 'Why?', 'Rule', measured, 1.5, 'r-1; r-2', 'metropolitan', 'Met', true,
    'several', 'One Ltd; Two', 'Partnership', 'full', 'contracts_finder', '2024-05', true
from (values ('single_bidder', 1), ('award_above_tender', 2)) as raised (flag_code, measured);

-- A register of contracts and a file of payments in the batch that all raw contracts look at; another in the refresh, and the mart made of it.
insert into raw.spend_over_threshold (
    body_code, paid_date, amount_gbp, amount_heading, supplier_name, line_hash, _batch_id, _row_number
)
select 'lancashire', date '2024-04-05', 600 + number, 'Amount', 'One Ltd', 'h' || number, 'b2', number
from generate_series(1, 8) as number;
insert into raw.contract_register_list (body_code, reference, title, start_date, end_date, _batch_id, _row_number)
select 'lancashire', 'c' || number, 'Radios', date '2024-04-01', date '2026-03-31', 'b2', number
from generate_series(1, 8) as number;
insert into audit.dataset (dataset, domain, title, publisher, licence, definition_hash)
values ('spend_over_threshold', 'procurement', 'Payments', 'Bodies', 'OGL', 'd1');
insert into audit.source_file (dataset, sha256, bytes, name, address, fetched_at, licence, is_generated)
values ('spend_over_threshold', 's1', 1, 'paid.csv', 'inbox/paid.csv', '2024-01-01', 'OGL', true);
insert into audit.batch (
    batch_id, dataset, sha256, definition_hash, layout, vintage, is_generated, status, records_read, records_loaded
) values ('s1', 'spend_over_threshold', 's1', 'd1', 'payments', '2024-04', true, 'accepted', 3, 3);
insert into audit.refresh_input (
    refresh_id, batch_id, dataset, vintage, vintage_order, layout, coverage, is_generated
) values ('r1', 's1', 'spend_over_threshold', '2024-04', 1, 'payments', 'partial', true);
insert into raw.spend_over_threshold (body_code, amount_gbp, amount_heading, line_hash, _batch_id, _row_number)
values ('metropolitan', 100, 'Amount', 'x', 's1', 1), ('metropolitan', -20, 'Amount', 'y', 's1', 2),
    ('metropolitan', 20, 'Amount', 'z', 's1', 3);
insert into supplier_spend (
    body_code, supplier_code, financial_year, body_name, supplier_name, spend_gbp, credit_gbp, net_gbp, share_pct,
    transaction_count, credit_count, repeated_count, amount_basis, contract_count, has_contract, has_contract_list,
    is_police, is_lookalike, source_dataset, source_vintage, is_generated
) values
    ('metropolitan', 'coh-00000001', '2024/25', 'Metropolitan Police', 'One Ltd', 100, -20, 80, 80, 2, 1, 0, 'unknown', 1,
     true, true, true, false, 'spend_over_threshold', '2024-04', true),
    ('metropolitan', 'name-two', '2024/25', 'Metropolitan Police', 'Two', 20, 0, 20, 20, 1, 0, 0, 'unknown', 0,
     false, true, true, false, 'spend_over_threshold', '2024-04', true);
insert into procurement_flag (
    flag_code, ocid, subject_id, award_id, flag_name, question, rule, measured_value, limit_value, evidence, buyer_code,
    buyer_name, is_police, supplier_code, supplier_name, title, reference, coverage, source_dataset, source_vintage,
    is_generated
) values
    ('paid_without_contract', 'none', 'metropolitan name-two 2024/25', 'none', 'Paid without a contract', 'Which?', 'Paid',
     20, 20, 'payments: 2024-04 row 3', 'metropolitan', 'Metropolitan Police', true, 'name-two', 'Two',
     'Payments of 2024/25', 'Act', 'partial', 'spend_over_threshold', '2024-04', true);
