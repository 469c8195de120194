-- A few programmes, one of them told by two papers; statements and gaps beside them; and a small Met Forward.
insert into savings_tracker (
    programme_code, financial_year, time_basis, document, programme_name, owner_area, parent_programme_code,
    parent_basis, is_component, is_counted, planned_gbp, delivered_gbp, forecast_gbp, expected_gbp, shortfall_gbp, expected_pct,
    rag,
    authority_code, source_document, citation, basis, source_dataset, source_vintage, is_generated
)
select
    programme_code, financial_year, time_basis, document, programme_code, 'estates', parent, 'printed', is_component,
    is_counted, planned, delivered, forecast, forecast, shortfall, expected_pct, rag, 'mpa', document, 'Savings',
    case document when 'none' then 'reported' else 'printed' end,
    case when delivered is null then 'none' else 'savings' end,
    case when delivered is null then 'none' else '2014-01' end, false
from (values
    ('catering', '2013/14', 'annual', 'plan', 'SIP', false, true, 100, 10, 90, 10, 90.00, 'amber'),
    ('subsidy', '2013/14', 'annual', 'plan', 'catering', true, false, 20, null, null, null, null, 'none'),
    ('training', '2013/14', 'annual', 'plan', 'SIP', false, true, 26, null, null, null, null, 'none'),
    ('training', 'unknown', 'annual', 'mission', 'SIP', false, false, 25, null, null, null, null, 'none'),
    ('training', '2012/13', 'annual', 'none', 'SIP', false, true, null, 5, null, null, null, 'none'),
    ('lean', 'unknown', 'none', 'plan', 'none', false, false, null, null, null, null, null, 'none'),
    ('contract', 'unknown', 'total_contract', 'plan', 'none', false, true, 23, null, null, null, null, 'none')
) as programmes (
    programme_code, financial_year, time_basis, document, parent, is_component, is_counted, planned, delivered,
    forecast, shortfall, expected_pct, rag
);

insert into savings_statement (
    financial_year, document, statement_code, statement_name, saved_gbp, saved_pct, pct_of, base_gbp, basis, scope,
    time_basis, time_basis_printed, stated_status, description, paper_row, authority_code, source_document, citation,
    figure_basis, is_generated
)
select
    financial_year, document, statement_code, statement_code, saved_gbp, saved_pct, pct_of, base_gbp, basis, 'MPA',
    time_basis, time_basis, 'secured', 'Savings', statement_code, 'mpa', document, 'Savings', 'printed', false
from (values
    ('2009/10', 'report', 'budgeted', 140, null::numeric, null, null, 'budget', 'in_year'),
    ('2009/10', 'mission', 'budgeted', 146, null, null, null, 'efficiency', 'in_year'),
    ('2010/11', 'plan', 'target', null, 10.3, 'spending', 3349, 'cashable', 'cumulative')
) as statements (financial_year, document, statement_code, saved_gbp, saved_pct, pct_of, base_gbp, basis, time_basis);

insert into savings_gap (
    financial_year, version, document, financial_year_to, required_gbp, required_basis, identified_gbp,
    still_to_be_identified_gbp, cover_pct, stated_requirement_gbp, required_pct, time_basis, authority_code,
    source_document, citation, basis, is_generated
)
select
    financial_year, version, document, financial_year_to, required, required_basis, identified, still, cover_pct,
    stated, required_pct, 'annual', 'mpa', document, 'Budgets', 'printed', false
from (values
    ('2011/12', 'narrative', 'mission', '2011/12', 175, 'derived', 163, 12, 93.14, 163, null::numeric),
    ('2011/12', 'narrative', 'plan', '2011/12', null, 'none', null, 12, null, null, null),
    ('2016/17', 'narrative', 'peel', '2019/20', 390, 'printed', 290, 100, 74.36, 390, null),
    ('unknown', 'narrative', 'mission', 'unknown', null, 'none', null, null, null, null, 20)
) as gaps (
    financial_year, version, document, financial_year_to, required, required_basis, identified, still, cover_pct,
    stated, required_pct
);

insert into inspection_tracker (
    inspection_code, item_code, inspection_name, page_date, force_name, item_type, question_number, question,
    question_grade, finding, grade, action, status, authority_code, source_document, citation, basis, wording, is_generated
)
select
    'peel', item_code, 'PEEL', '2016-11-03'::date, 'Met', item_type, question_number, question, question_grade,
    item_code, grade, action, status, 'mopac', 'peel', 'Questions', 'printed', 'ours', false
from (values
    ('overall', 'overall_judgement', null::integer, 'none', 'none', 'Good', 'none', 'no_action'),
    ('second', 'question', 2, 'Is demand managed?', 'Requires improvement', 'Requires improvement', 'none',
     'needs_improvement'),
    ('training', 'area_for_improvement', 2, 'Is demand managed?', 'Requires improvement', 'none', 'Train staff',
     'not_followed_up'),
    ('tool', 'finding', null, 'none', 'none', 'none', 'none', 'noted')
) as items (item_code, item_type, question_number, question, question_grade, grade, action, status);

insert into programme_register (
    project_code, project_type, project_name, strand_code, strand, strand_basis, stage, status, milestone,
    milestone_code, milestone_date, is_milestone_date_past, milestone_citation, authority_code, source_document, citation,
    basis, is_generated
)
select
    project_code, project_type, project_code, strand_code, strand, strand_basis, stage, 'not stated', milestone,
    milestone_code, milestone_date, is_date_past, milestone_citation, 'mpa', 'mission', 'Strands', 'printed', false
from (values
    ('W4', 'strand', 'W4', 'Met Partners', 'printed', 'planned', 'none', 'none', null, null::boolean, null),
    ('W4_1', 'workstrand', 'W4', 'Met Partners', 'printed', 'planned', 'Handover', 'M29', null, null, 'Governance'),
    ('P17', 'project', 'W4', 'Met Partners', 'inferred', 'delivery', 'Scrutiny', 'M12', '2011-04', true, 'Partners'),
    ('P26', 'project', 'none', 'none', 'none', 'proposed', 'none', 'none', null, null, null)
) as projects (
    project_code, project_type, strand_code, strand, strand_basis, stage, milestone, milestone_code, milestone_date,
    is_date_past, milestone_citation
);

insert into programme_milestone (
    milestone_code, milestone_name, description, milestone_date, date_precision, last_day, is_date_past, project_code,
    project_name, project_reason, authority_code, source_document, citation, basis, is_generated
)
values
    ('M12', 'Scrutiny', 'Due then', '2011-04', 'month', '2011-04-30', true, 'P17', 'P17', 'Its own', 'mpa', 'mission',
     'Partners', 'printed', false),
    ('M29', 'Handover', 'Planned', null, 'not printed', null, null, 'none', 'none', 'A strand''s', 'mpa', 'mission',
     'Governance', 'printed', false);

insert into strategy_map (
    driver_code, objective_code, strand_code, driver_name, objective_name, objective_owner, outcome_name, strand_name,
    is_corporate_priority, is_priority_workstrand, authority_code, source_document, citation, basis, is_generated
)
values
    ('D1', 'O01', 'none', 'Fight crime', 'Fewer victims', 'force', 'Safety', 'none', false, false, 'mpa', 'mission',
     'Table 3', 'printed', false),
    ('D1', 'none', 'W3', 'Fight crime', 'none', 'none', 'none', 'Met Specialist', false, true, 'mpa',
     'mission', 'Table 3', 'printed', false),
    ('none', 'MPA_1', 'none', 'none', 'Good service', 'authority', 'none', 'none', false, false, 'mpa', 'mission',
     'Objectives', 'printed', false);

insert into strategy_statement (
    statement_type, statement_code, belongs_to, rank, statement, wording, financial_year, authority_code,
    source_document, citation, basis, is_generated
)
values
    ('driver', 'D1', 'none', 1, 'Fight crime', 'printed', 'none', 'mpa', 'mission', 'Figure 1', 'printed', false),
    ('corporate_objective', 'O01', 'Safety', 1, 'Fewer victims', 'printed', 'none', 'mpa', 'plan', 'Key', 'printed',
     false),
    ('key_activity', 'O01_01', 'O01', null, 'Look after them', 'ours', '2011/12', 'mpa', 'plan', 'Key', 'printed', false);

insert into grants_register (
    grant_code, grant_name, grant_type, funder, funder_basis, status, financial_year, description, authority_code,
    source_document, citation, basis, is_generated
)
values
    ('rule_2', 'Rule 2', 'specific revenue', 'Home Office', 'inferred', 'moved to general', '2011/12', 'Formerly specific',
     'mpa', 'plan', 'Financial planning', 'printed', false);

insert into paper_figure (
    document, figure_code, section, row_label, measure, value, value_text, unit, period, words, description,
    search_text, basis, citation, mart, authority_code, is_generated
) values
    ('plan', 'finance_facts:FIN01', 'Budget', null, 'gross_expenditure', 3573, '3573', 'GBP_million', '2011/12', null,
     'All that is spent', 'budget | gross expenditure | 3573', 'printed', 'Budget', 'none', 'mpa', false);
