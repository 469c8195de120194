-- A small budget of two years, its bridge and its grants, and a capital programme of two years.
insert into revenue_budget (
    line_code, financial_year, budget_version, line_order, line_name, line_category, is_total, amount_gbp, cell_status,
    change_on_previous_version_gbp, change_on_previous_year_gbp, is_latest_version, authority_code, source_document,
    citation, basis, is_generated
)
select
    line_code, financial_year, budget_version, line_order, line_code, line_category, line_category = 'budget_requirement',
    amount_gbp, case when amount_gbp is null then 'blank' else 'printed' end, change_on_version, change_on_year,
    is_latest_version, 'mpa', 'policing_plan', 'Revenue > ' || line_code, 'printed', false
from (values
    ('pay', 1, 'pay', '2010/11', 'original', 100, null::numeric, null::numeric, false),
    ('pension', 2, 'pensions', '2010/11', 'original', 5, null, null, false),
    ('fees', 3, 'income', '2010/11', 'original', -20, null, null, false),
    ('savings', 4, 'savings_to_be_identified', '2010/11', 'original', null, null, null, false),
    ('reserves', 5, 'reserves', '2010/11', 'original', -5, null, null, false),
    ('requirement', 6, 'budget_requirement', '2010/11', 'original', 80, null, null, false),
    ('pay', 1, 'pay', '2010/11', 'forecast', 98, -2, null, true),
    ('pension', 2, 'pensions', '2010/11', 'forecast', 5, 0, null, true),
    ('fees', 3, 'income', '2010/11', 'forecast', -20, 0, null, true),
    ('savings', 4, 'savings_to_be_identified', '2010/11', 'forecast', null, 0, null, true),
    ('reserves', 5, 'reserves', '2010/11', 'forecast', -3, 2, null, true),
    ('requirement', 6, 'budget_requirement', '2010/11', 'forecast', 80, 0, null, true),
    ('pay', 1, 'pay', '2011/12', 'budget', 110, null, 12, true),
    ('pension', 2, 'pensions', '2011/12', 'budget', 5, null, 0, true),
    ('fees', 3, 'income', '2011/12', 'budget', -18, null, 2, true),
    ('savings', 4, 'savings_to_be_identified', '2011/12', 'budget', -7, null, -7, true),
    ('reserves', 5, 'reserves', '2011/12', 'budget', 0, null, 3, true),
    ('requirement', 6, 'budget_requirement', '2011/12', 'budget', 90, null, 10, true)
) as lines (
    line_code, line_order, line_category, financial_year, budget_version, amount_gbp, change_on_version, change_on_year,
    is_latest_version
);

insert into medium_term_plan (
    financial_year, version, expenditure_gbp, of_which_pensions_gbp, income_gbp, reserves_transfer_gbp,
    savings_to_be_identified_gbp, savings_cell_status, is_balanced, budget_requirement_gbp, is_latest_version,
    authority_code, source_document, citation, basis, is_generated
) values
    ('2010/11', 'original', 105, 5, -20, -5, 0, 'blank', true, 80, false, 'mpa', 'policing_plan', 'Revenue', 'derived', false),
    ('2010/11', 'forecast', 103, 5, -20, -3, 0, 'blank', true, 80, true, 'mpa', 'policing_plan', 'Revenue', 'derived', false),
    ('2011/12', 'budget', 115, 5, -18, 0, 7, 'printed', false, 90, true, 'mpa', 'policing_plan', 'Revenue', 'derived', false);

insert into budget_requirement (
    financial_year, version, document, is_headline, budget_requirement_gbp, stated_requirement_change_gbp,
    general_grant_gbp, precept_gbp, precept_change_pct, stated_precept_change_pct, band_d_gbp, band_d_change_pct,
    implied_tax_base, authority_code, source_document, citation, basis, is_generated
) values
    ('2010/11', 'draft_plan', 'policing_plan', true, 80, null, 60, 20, null, null, 2, -2.5, 10,
     'mpa', 'policing_plan', 'Position', 'printed', false),
    ('2011/12', 'draft_plan', 'policing_plan', true, 90, null, 68, 22, 10, null, 2, 0, 11,
     'mpa', 'policing_plan', 'Position', 'printed', false),
    ('2011/12', 'met_forward_two_kpi', 'met_forward_two', false, 92, null, null, null, null, null, null, null, null,
     'mpa', 'met_forward_two', 'KPIs', 'printed', false);

insert into budget_bridge (
    financial_year, movement_order, movement_code, movement_name, movement_type, balance_year, is_total, amount_gbp,
    running_total_gbp, authority_code, source_document, citation, basis, is_generated
) values
    ('2011/12', 1, 'opening', 'Last year', 'opening_balance', '2010/11', true, 80, 80,
     'mpa', 'policing_plan', 'Bridge', 'printed', false),
    ('2011/12', 2, 'inflation', 'Inflation', 'movement', '2011/12', false, 17, 97,
     'mpa', 'policing_plan', 'Bridge', 'printed', false),
    ('2011/12', 3, 'savings', 'Savings', 'movement', '2011/12', false, -7, 90,
     'mpa', 'policing_plan', 'Bridge', 'printed', false),
    ('2011/12', 4, 'closing', 'This year', 'closing_balance', '2011/12', true, 90, 90,
     'mpa', 'policing_plan', 'Bridge', 'printed', false);

insert into grant_settlement (
    body_code, financial_year, stream_code, version, document, stream_name, amount_gbp, change_pct, change_basis,
    change_terms, transferred_from, transferred_to, year_basis, note, authority_code, source_document, citation, basis,
    is_generated
) values
    ('metropolitan', '2010/11', 'general_grant', 'draft_plan', 'policing_plan', 'General grant', 60, null, null, null,
     null, null, 'printed', 'Amount', 'mpa', 'policing_plan', 'Position', 'printed', false),
    ('metropolitan', '2011/12', 'general_grant', 'draft_plan', 'policing_plan', 'General grant', 68, 13.33, 'derived',
     'cash', null, null, 'printed', 'Amount', 'mpa', 'policing_plan', 'Position', 'printed', false),
    ('metropolitan', '2011/12', 'rule_2', 'narrative', 'policing_plan', 'Rule 2', null, null, null, null,
     'specific_grant', 'general_grant', 'inferred', 'Moved', 'mpa', 'policing_plan', 'Text', 'printed', false),
    ('metropolitan', 'unknown', 'counter_terrorism', 'narrative', 'met_forward_two', 'Terrorism', null, -10, 'printed',
     'real', null, null, null, 'Falls', 'mpa', 'met_forward_two', 'Text', 'printed', false);

insert into capital_programme (
    department_code, financial_year, version, line_order, department_name, budget_gbp, cell_status, actual_gbp,
    forecast_gbp, expected_gbp, slippage_gbp, authority_code, source_document, citation, basis, source_dataset,
    source_vintage, is_generated
) values
    ('property', '2011/12', 'proposed_budget', 1, 'Property', 100, 'printed', 90, 95, 90, 10,
     'mpa', 'policing_plan', 'Capital', 'printed', 'intake', '2012-03', false),
    ('transport', '2011/12', 'proposed_budget', 2, 'Transport', 20, 'printed', null, 25, 25, -5,
     'mpa', 'policing_plan', 'Capital', 'printed', 'intake', '2012-03', false),
    ('equipment', '2011/12', 'proposed_budget', 3, 'Equipment', null, 'blank', null, null, null, null,
     'mpa', 'policing_plan', 'Capital', 'printed', 'none', 'none', false);

insert into capital_funding (
    funding_code, financial_year, version, line_order, source_name, funding_block, amount_gbp, cell_status, share_pct,
    authority_code, source_document, citation, basis, is_generated
) values
    ('grant', '2011/12', 'proposed_budget', 1, 'Grant', 'dedicated', 25, 'printed', 25,
     'mpa', 'policing_plan', 'Funding', 'printed', false),
    ('borrowing', '2011/12', 'proposed_budget', 2, 'Borrowing', 'main', 75, 'printed', 75,
     'mpa', 'policing_plan', 'Funding', 'printed', false),
    ('receipts', '2011/12', 'proposed_budget', 3, 'Receipts', 'main', null, 'blank', 0,
     'mpa', 'policing_plan', 'Funding', 'printed', false);

insert into capital_position (
    financial_year, version, gross_programme_gbp, over_programming_gbp, over_programming_cell_status,
    over_programming_pct_of_gross, over_programming_pct_of_net, net_programme_gbp, funding_gbp, funding_gap_gbp,
    borrowing_gbp, borrowing_pct, authority_code, source_document, citation, basis, is_generated
) values
    ('2011/12', 'proposed_budget', 120, 20, 'printed', 16.67, 20, 100, 100, 0, 75, 75,
     'mpa', 'policing_plan', 'Capital', 'printed', false),
    ('2012/13', 'proposed_budget', 80, 0, 'blank', 0, 0, 80, 79, 1, 40, 50.63,
     'mpa', 'policing_plan', 'Capital', 'printed', false);
