-- A register, costs, occupancy and disposals of eight assets each as the batch says, and the marts made of them.
insert into raw.intake_estate_asset
select
    'metropolitan', 'A' || number, '00' || number, 'Station', null, 'High Street', 'London', 'SW9 7DD', 531147.5, 175660,
    'Lambeth', 'office', 'Freehold', null, 'Building', 'N', 100, 90, 'B', 'C', 'Y', null, 'N', null, '2012-03-31', 'b2',
    number, null
from generate_series(1, 8) as number;
insert into raw.intake_estate_running_cost
select 'metropolitan', 'A' || number, '2011/12', 1000, '2012-03-31', 'b2', number, null
from generate_series(1, 8) as number;
insert into raw.intake_estate_occupancy
select 'metropolitan', 'A' || number, 10, 5, 'Council', 20, '2012-03-31', 'b2', number, null
from generate_series(1, 8) as number;
insert into raw.intake_estate_disposal
select
    'metropolitan', 'A' || number, date '2011-04-01', date '2012-01-31', date '2012-02-29', 500, 400, date '2012-03-31', 'b2',
    number, null
from generate_series(1, 8) as number;

insert into estate_asset (
    body_code, asset_id, authority_code, is_withheld, withheld_reason, borough_code, borough_basis, asset_category, tenure,
    holding_type, is_land_only, floor_area_sqm, running_cost_gbp, cost_per_sqm_gbp, capacity, occupancy, place_status,
    easting_m, northing_m, longitude, latitude, as_at_date, source_dataset, source_vintage, is_generated
) values
    ('metropolitan', 'A1', 'mopac', false, null, 'E09000022', 'stated', 'office', 'Freehold', 'Building', false, 100, 1000,
     10.00, 10, 5, 'placed', 531147.5, 175660, -0.11, 51.46, '2012-03-31', 'intake_estate_asset', '2012-03', false),
    ('metropolitan', 'A2', 'mopac', false, null, 'E09000022', 'stated', 'land', 'Freehold', 'Land', true, null, null, null,
     null, null, 'none', null, null, null, null, '2012-03-31', 'intake_estate_asset', '2012-03', false),
    ('metropolitan', 'withheld-1', 'mopac', true, 'security', 'unknown', 'withheld', 'withheld', 'withheld', 'withheld', null,
     null, null, null, null, null, 'withheld', null, null, null, null, '2012-03-31', 'intake_estate_asset', '2012-03', false);

insert into estate_utilisation (
    body_code, borough_code, asset_category, authority_code, asset_count, measured_asset_count, floor_area_sqm,
    counted_asset_count, capacity, occupancy, occupancy_pct, surplus_sqm, running_cost_gbp, as_at_date, source_dataset,
    source_vintage, is_generated
) values
    ('metropolitan', 'E09000022', 'office', 'mopac', 1, 1, 100, 1, 10, 5, 50.0, 50, 1000, '2012-03-31',
     'intake_estate_asset', '2012-03', false),
    ('metropolitan', 'E09000022', 'land', 'mopac', 1, 0, null, 0, null, null, null, null, null, '2012-03-31',
     'intake_estate_asset', '2012-03', false);

insert into estate_disposal (
    body_code, asset_id, authority_code, asset_name, borough_code, asset_category, disposal_status, decision_date,
    target_date, completed_date, days_late, expected_receipt_gbp, actual_receipt_gbp, is_in_register, last_listed_date,
    as_at_date, source_dataset, source_vintage, is_generated
) values
    ('metropolitan', 'A1', 'mopac', 'Station', 'E09000022', 'office', 'completed', '2011-04-01', '2012-01-31', '2012-02-29',
     29, 500, 400, false, '2011-03-31', '2012-03-31', 'intake_estate_disposal', '2012-03', false),
    ('metropolitan', 'A2', 'mopac', null, 'E09000022', 'land', 'planned', '2011-04-01', '2012-06-30', null, 0, 700, null,
     true, '2012-03-31', '2012-03-31', 'intake_estate_disposal', '2012-03', false);

insert into estate_candidate (
    body_code, asset_id, rule_version, authority_code, asset_name, borough_code, asset_category, score, candidate_rank,
    reasons, not_known, nearest_site_m, as_at_date, source_dataset, source_vintage, is_generated
) values
    ('metropolitan', 'A1', '2011-1', 'mopac', 'Station', 'E09000022', 'office', 35, 1,
     'occupancy in percent 50 at most 50 (+25); metres to the nearest other site 400 at most 1000 (+10)', 'none', 400,
     '2012-03-31', 'intake_estate_asset', '2012-03', false),
    ('metropolitan', 'A3', '2011-1', 'mopac', null, 'E09000022', 'office', 0, 2, 'no rule is met', 'none', null,
     '2012-03-31', 'intake_estate_asset', '2012-03', false);

insert into capital_receipt (
    financial_year, plan_version, planned_receipt_gbp, expected_receipt_gbp, actual_receipt_gbp, outlook_gbp, gap_gbp,
    authority_code, source_document, citation, source_dataset, source_vintage, is_generated
) values
    ('2011/12', 'proposed_budget', 40000000, 500, 400, 400, 39999600, 'mpa', 'policing_plan', 'Funding > Receipts',
     'intake_estate_disposal', '2012-03', false),
    ('2012/13', 'proposed_budget', 40000000, null, null, null, null, 'mpa', 'policing_plan', 'Funding > Receipts', 'none',
     'none', false);

insert into estate_paper_figure (
    figure_code, metric, description, financial_year, paper_value, unit, basis, register_value, difference, authority_code,
    source_document, citation, is_generated
) values
    ('EST02', 'estate_buildings', 'Number of buildings', 'none', 900, 'count', 'printed', 890, -10, 'mpa', 'policing_plan',
     'Managing our estate', false),
    ('EST03', 'catering_locations', 'Places with a catering facility', 'none', 96, 'count', 'printed', null, null, 'mpa',
     'policing_plan', 'Support services', false);

insert into candidate_restricted.estate_asset (
    body_code, asset_id, authority_code, is_withheld, withheld_reason, asset_name, borough_code, borough_basis, asset_category,
    tenure, holding_type, is_land_only, floor_area_sqm, place_status, easting_m, northing_m, longitude, latitude, as_at_date,
    source_dataset, source_vintage, is_generated
)
select
    'metropolitan', asset_id, 'mopac', is_withheld, reason, 'Station', 'E09000022', 'stated', 'office', 'Freehold', 'Building',
    false, 100, 'placed', 531147.5, 175660, -0.11, 51.46, '2012-03-31', 'intake_estate_asset', '2012-03', false
from (values ('A1', false, null), ('A9', true, 'security')) as assets (asset_id, is_withheld, reason);

insert into raw.estate_land_list
select
    'cheltenham', 'Council', '23UB', 'A' || number, '01', 'Hall', 'High Street', 'Cheltenham', 'GL50 1DY', 395265, 222126, null,
    'Freehold', 'Vacant', 'Land', null, null, 'b2', number, null
from generate_series(1, 8) as number;
insert into raw.estate_location_list
select
    'lambeth', 'police-stations', 'Station ' || number, null, 'High Street', 'SW9 7DD', null, null, 531147.5, 175660, 'b2',
    number, null
from generate_series(1, 8) as number;
insert into raw.nhs_estate_return_trust
select 'ZZ' || number, 'Trust', 'COMMUNITY', 100, 90, 80, 5, 6, 'b2', number, null from generate_series(1, 8) as number;
insert into raw.nhs_estate_return_site
select 'ZZ1', 'Trust', 'S' || number, 'Site', 'CLINIC', 100, 90, 80, 'b2', number, 'Site Data'
from generate_series(1, 8) as number;

insert into estate_location (
    publisher_code, list_code, place_code, place_name, place_status, easting_m, northing_m, longitude, latitude, as_at_date,
    source_dataset, source_vintage, is_generated
) values
    ('cheltenham', 'land_and_buildings', 'L1', 'Hall', 'placed', 395265, 222126, -2.07, 51.9, '2021-12-31',
     'estate_land_list', '2021', false);
insert into nhs_estate_total (
    organisation_code, financial_year, measure, organisation_name, site_count, trust_value, site_sum, difference, outcome,
    source_dataset, source_vintage, is_generated
) values
    ('ZZ1', '2014/15', 'gross_area_sqm', 'Trust', 1, 100, 100, 0, 'exact', 'nhs_estate_return_trust', '2015-03', false);
